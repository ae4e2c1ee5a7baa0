package io.valmed.archive.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** A database as sorted lines of text: first what its catalogs say, then a hash of each table. */
public final class CatalogText {
  private static final Pattern QUERY = Pattern.compile(";\\s*\n");

  private CatalogText() {}

  /** Everything but oids: schemas, relations, columns, grants, functions, roles, publications. */
  public static List<String> of(TestDatabase database) throws SQLException {
    List<String> lines = new ArrayList<>();
    for (String query : QUERY.split(script())) {
      if (!query.isBlank()) {
        lines.addAll(database.list(query));
      }
    }
    return lines;
  }

  /** {@code schema.table: rows, hash} of every table but the changelogs, which hold times. */
  public static List<String> rows(TestDatabase database) throws SQLException {
    List<String> tables =
        database.list(
            """
            SELECT format('%I.%I', n.nspname, c.relname)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema)' AND c.relname !~ 'changelog$'
            ORDER BY 1
            """);
    List<String> lines = new ArrayList<>();
    for (String table : tables) {
      lines.add(
          database.value(
              "SELECT '%s: ' || count(*) || ', ' || coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '-') FROM %s t"
                  .formatted(table.replace("'", "''"), table)));
    }
    return lines;
  }

  /** The lines that only one side has, with {@code -} for before and {@code +} for after. */
  public static List<String> difference(List<String> before, List<String> after) {
    List<String> lines = new ArrayList<>();
    before.stream().filter(line -> !after.contains(line)).forEach(line -> lines.add("- " + line));
    after.stream().filter(line -> !before.contains(line)).forEach(line -> lines.add("+ " + line));
    return lines;
  }

  private static String script() {
    try (InputStream in = CatalogText.class.getResourceAsStream("/catalog.sql")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
