package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The SQL condition that two rows have the same key, read the same. */
public final class KeyMatch {
  /** Types that are equal only when their text is. For any other the text is compared as well. */
  private static final Set<String> EQUAL_AS_TEXT =
      Set.of(
          "uuid",
          "text",
          "character varying",
          "smallint",
          "integer",
          "bigint",
          "boolean",
          "bytea",
          "date",
          "timestamp without time zone",
          "timestamp with time zone");

  private KeyMatch() {}

  /**
   * The condition.
   *
   * @param schema a version of the table
   * @param one the alias of one row, that of the mirror, whose index serves the comparison
   * @param other the alias of the other
   */
  public static String sql(TableSchema schema, String one, String other) {
    List<String> equal = new ArrayList<>(List.of(equal(schema, one, other)));
    for (int column : schema.keyIndexes()) {
      ColumnSchema key = schema.columns().get(column);
      if (!EQUAL_AS_TEXT.contains(key.type())) {
        // The key 1.0 departs because it became 1.00: equal to the row that is there to stay.
        equal.add(
            "%1$s.%3$s::text = %2$s.%3$s::text".formatted(one, other, Sql.identifier(key.name())));
      }
    }
    return String.join(" AND ", equal);
  }

  /** The condition that two rows cannot both stand in the mirror, however their keys read. */
  public static String equal(TableSchema schema, String one, String other) {
    return schema.key().stream()
        .map(Sql::identifier)
        .map(name -> "%1$s.%3$s = %2$s.%3$s".formatted(one, other, name))
        .collect(Collectors.joining(" AND "));
  }
}
