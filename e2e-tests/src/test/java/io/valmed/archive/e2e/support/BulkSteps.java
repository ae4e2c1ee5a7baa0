package io.valmed.archive.e2e.support;

import io.valmed.archive.e2e.support.Ledger.Entry;
import io.valmed.archive.e2e.support.Ledger.RowKey;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Operation;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Transactions of thousands of rows, by INSERT and by COPY. */
final class BulkSteps {
  static final int ROWS = 5_000;

  private final World world;
  private final Sentences sql;
  private final Draft draft;

  BulkSteps(World world, Sentences sql, Draft draft) {
    this.world = world;
    this.sql = sql;
    this.draft = draft;
  }

  /** Inserts the rows in one statement and returns their keys. */
  List<List<String>> insert() throws SQLException {
    WorldTable table = world.bulk().table();
    String statement =
        table.insert() + " FROM generate_series(1, " + ROWS + ")" + table.returning();
    return created(table, sql.run(statement, List.of()));
  }

  /** Changes all rows of the keys in one statement. */
  void age(List<List<String>> keys) throws SQLException {
    WorldTable table = world.bulk().table();
    String statement =
        "UPDATE " + table.id().sql() + " SET " + world.bulk().age() + among(table, keys);
    for (List<@Nullable String> image : sql.run(statement, List.of())) {
      draft.add(
          new Entry(new RowKey(table.id(), table.keyOf(image)), Operation.UPDATE, null, image));
    }
  }

  /** Deletes what is left of the keys in one statement. */
  void delete(List<List<String>> keys) throws SQLException {
    WorldTable table = world.bulk().table();
    String statement = "DELETE FROM " + table.id().sql() + among(table, keys);
    for (List<@Nullable String> image : sql.run(statement, List.of())) {
      draft.add(
          new Entry(
              new RowKey(table.id(), table.keyOf(image)),
              Operation.DELETE,
              DepartureCause.DELETED,
              image));
    }
  }

  private static String among(WorldTable table, List<List<String>> keys) {
    String columns =
        table.key().stream()
            .map(column -> Sql.identifier(column) + "::text")
            .collect(Collectors.joining(", "));
    String values =
        keys.stream()
            .map(key -> key.stream().map(Sql::literal).collect(Collectors.joining(", ", "(", ")")))
            .collect(Collectors.joining(", "));
    return " WHERE (" + columns + ") IN (VALUES " + values + ")" + table.returning();
  }

  /** Carries rows that a query makes into the table by COPY. */
  void copy(int rows) throws SQLException {
    WorldTable table = world.table(world.copied().table());
    String select = world.copied().select() + " FROM generate_series(1, " + rows + ")";
    String columns =
        table.columns().stream().map(Sql::identifier).collect(Collectors.joining(", "));
    CopyManager copy = sql.connection().unwrap(PGConnection.class).getCopyAPI();
    StringWriter made = new StringWriter();
    try {
      copy.copyOut("COPY (" + select + ") TO STDOUT", made);
      copy.copyIn(
          "COPY " + table.id().sql() + " (" + columns + ") FROM STDIN",
          new StringReader(made.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    created(table, made.toString().lines().map(BulkSteps::values).toList());
  }

  private List<List<String>> created(WorldTable table, List<List<@Nullable String>> images) {
    List<List<String>> keys = new ArrayList<>();
    for (List<@Nullable String> image : images) {
      List<String> key = table.keyOf(image);
      keys.add(key);
      draft.add(new Entry(new RowKey(table.id(), key), Operation.CREATE, null, image));
    }
    return keys;
  }

  /** A line of COPY's text format. */
  private static List<@Nullable String> values(String line) {
    List<@Nullable String> values = new ArrayList<>();
    for (String field : line.split("\t", -1)) {
      values.add(field.equals("\\N") ? null : unescaped(field));
    }
    return values;
  }

  private static String unescaped(String field) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\') {
        i++;
        char escaped = field.charAt(i);
        c =
            switch (escaped) {
              case 't' -> '\t';
              case 'n' -> '\n';
              case 'r' -> '\r';
              default -> escaped;
            };
      }
      text.append(c);
    }
    return text.toString();
  }
}
