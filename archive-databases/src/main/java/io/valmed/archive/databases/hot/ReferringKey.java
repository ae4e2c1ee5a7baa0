package io.valmed.archive.databases.hot;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A foreign key that refers to a table.
 *
 * @param referred the place of the table it refers to, among those that were asked for
 * @param name the constraint's name
 * @param table the table that refers
 * @param columns by which it refers
 * @param readable whether this session may read the columns, of every row
 * @param index whether the table's rows are found by an index
 */
public record ReferringKey(
    int referred, String name, TableId table, Columns columns, boolean readable, Index index) {

  /**
   * The key's columns.
   *
   * @param referring of the table that refers
   * @param referred of the table it refers to, in the same order
   * @param operators of the referred table's operator class, with schema, behind the collation of
   *     the referring column: {@code COLLATE pg_catalog."default" OPERATOR(pg_catalog.=)}
   */
  public record Columns(List<String> referring, List<String> referred, List<String> operators) {
    public Columns {
      referring = List.copyOf(referring);
      referred = List.copyOf(referred);
      operators = List.copyOf(operators);
    }
  }

  /** How the rows that refer to one row are found. */
  public enum Index {
    /** By an index, or the table is so small that it needs none. */
    SERVES,
    /** There is none on the columns. */
    MISSING,
    /** There is one, of another operator class or collation than the key is compared by. */
    OTHER_COMPARISON,
    /** The columns compare otherwise than the key they refer to: some references are not seen. */
    OTHER_COLLATION
  }

  /** {@code t."id" OPERATOR(pg_catalog.=) f."order_id"}. */
  public String matches(String referredTable, String referringTable) {
    return IntStream.range(0, columns.referring().size())
        .mapToObj(
            i ->
                "%s.%s %s %s.%s"
                    .formatted(
                        referredTable,
                        Sql.identifier(columns.referred().get(i)),
                        columns.operators().get(i),
                        referringTable,
                        Sql.identifier(columns.referring().get(i))))
        .collect(Collectors.joining(" AND "));
  }

  /**
   * What keeps rows of the referred table from being deleted, as a clause about it; null: nothing.
   */
  public @Nullable String fault() {
    String who =
        "is referred to by %s (%s)".formatted(table, String.join(", ", columns.referring()));
    return switch (index) {
      case SERVES -> null;
      case MISSING ->
          "%s without an index, so that each row deleted would read all of that table; run CREATE INDEX CONCURRENTLY ON %s (%s)"
              .formatted(who, table.sql(), Sql.identifiers(columns.referring()));
      case OTHER_COMPARISON ->
          "%s with an index that the comparison of the two cannot use, so that each row deleted would read all of that table; give the columns the type of the key that they refer to (ALTER TABLE %s ALTER COLUMN … TYPE …)"
              .formatted(who, table.sql());
      case OTHER_COLLATION ->
          "%s, whose collation differs from that of the key it refers to, so that equal values are not found by both; give them one collation (ALTER TABLE %s ALTER COLUMN … TYPE … COLLATE …)"
              .formatted(who, table.sql());
    };
  }
}
