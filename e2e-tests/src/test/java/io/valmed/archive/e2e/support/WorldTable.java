package io.valmed.archive.e2e.support;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table that traffic writes to.
 *
 * @param id the table
 * @param columns its captured columns
 * @param key its primary key
 * @param parent the table whose key the insert's parameters are; null: it has no parent
 * @param insert an INSERT of one row from a SELECT without FROM, and without RETURNING; its
 *     parameters are the parent's key as text
 * @param updates bodies of SET clauses, none of which changes the key
 * @param rekey body of a SET clause that changes the key; null: keys of this table stay
 * @param childless predicate that is true for rows nothing refers to
 */
public record WorldTable(
    TableId id,
    List<String> columns,
    List<String> key,
    @Nullable TableId parent,
    String insert,
    List<String> updates,
    @Nullable String rekey,
    String childless) {

  /** {@code RETURNING} of the row's columns as text. */
  String returning() {
    return " RETURNING " + texts(columns);
  }

  /** A WHERE body that finds one row by its key's text forms. */
  String byKey() {
    return key.stream()
        .map(column -> Sql.identifier(column) + "::text = ?")
        .collect(Collectors.joining(" AND "));
  }

  /**
   * The columns as their types' output functions write them, in a select list. A cast to text is
   * not always the same: it writes {@code false} where the output function writes {@code f}.
   */
  static String texts(List<String> columns) {
    return columns.stream()
        .map(Sql::identifier)
        .map(column -> "CASE WHEN NOT %1$s IS NULL THEN format('%%s', %1$s) END".formatted(column))
        .collect(Collectors.joining(", "));
  }

  /** The key's values within an image. */
  List<String> keyOf(List<@Nullable String> image) {
    return key.stream().map(column -> String.valueOf(image.get(columns.indexOf(column)))).toList();
  }
}
