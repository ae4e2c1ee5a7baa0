package io.valmed.archive.databases.hot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table's primary key.
 *
 * @param columns in the key's order, without those that its index merely includes; empty: there is
 *     none
 * @param fault why rows cannot be told apart by it, as a clause about the table with what to do:
 *     {@code has a deferrable primary key …}; null: they can
 */
public record PrimaryKey(List<Column> columns, @Nullable String fault) {

  /**
   * One column.
   *
   * @param name its name
   * @param type its type as SQL text, with schema and length: values in text form can be cast to it
   */
  public record Column(String name, String type) {}

  public PrimaryKey {
    columns = List.copyOf(columns);
  }

  /** The columns' names; empty: there is no key. */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }
}
