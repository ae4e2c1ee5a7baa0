package io.valmed.archive.databases.keys;

import io.valmed.archive.model.TableId;
import java.util.List;

/**
 * What a hot table looks like while its lock is held.
 *
 * @param table the table
 * @param columns the names of its columns in catalog order: what a digest covers
 * @param key its primary key
 */
public record TableShape(TableId table, List<String> columns, List<KeyColumn> key) {

  /**
   * A column of a primary key.
   *
   * @param name its name
   * @param type its type as SQL text, with schema and length: values in text form can be cast to it
   */
  public record KeyColumn(String name, String type) {}

  public TableShape {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
  }

  /** The names of the key's columns. */
  public List<String> keyNames() {
    return key.stream().map(KeyColumn::name).toList();
  }
}
