package io.valmed.archive.capture.event;

import io.valmed.archive.model.TableId;
import java.util.List;

/**
 * A table as the stream describes it for the rows that follow. One instance for as long as the
 * description lasts: compare with {@code ==} to see that it has changed.
 */
public final class StreamedTable {
  private final TableId id;
  private final long relation;
  private final List<String> columns;
  private final boolean fullImages;

  /**
   * @param id the table's name when the rows changed
   * @param relation its oid, which a rename keeps
   * @param columns its captured columns, in the order of the rows' values
   * @param fullImages whether its REPLICA IDENTITY was FULL, so that rows leave with their last
   *     image
   */
  public StreamedTable(TableId id, long relation, List<String> columns, boolean fullImages) {
    this.fullImages = fullImages;
    this.id = id;
    this.relation = relation;
    this.columns = List.copyOf(columns);
  }

  public TableId id() {
    return id;
  }

  public long relation() {
    return relation;
  }

  public List<String> columns() {
    return columns;
  }

  public boolean fullImages() {
    return fullImages;
  }
}
