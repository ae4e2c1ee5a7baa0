package io.valmed.archive.capture;

import io.valmed.archive.model.TableId;
import java.util.List;

/**
 * A table as the stream describes it for the rows that follow. One instance for as long as the
 * description lasts: compare with {@code ==} to see that it has changed.
 */
public final class StreamedTable {
  private final TableId id;
  private final List<String> columns;

  /**
   * @param id the table
   * @param columns its captured columns, in the order of the rows' values
   */
  public StreamedTable(TableId id, List<String> columns) {
    this.id = id;
    this.columns = List.copyOf(columns);
  }

  public TableId id() {
    return id;
  }

  public List<String> columns() {
    return columns;
  }
}
