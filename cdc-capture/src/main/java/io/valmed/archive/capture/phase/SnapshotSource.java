package io.valmed.archive.capture.phase;

import io.valmed.archive.capture.schema.Catalog;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.RowImage;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hot as it was at one moment, tied to a new replication slot: what was committed before that
 * moment is here, all else comes through the slot.
 */
public interface SnapshotSource extends AutoCloseable {

  /** Where a stream from the slot starts. */
  long lsn();

  /** The moment by hot's clock, in microseconds since 1970-01-01 UTC. */
  long takenAtMicros();

  /** The table at that moment; null: there was none of that name. */
  Catalog.@Nullable Description describe(TableId table) throws SQLException;

  /** Begins to read a table, the one before having been read to its end. */
  void open(TableId table, List<String> columns) throws SQLException;

  /** The next row of the table; null: there is no further one. */
  @Nullable RowImage next() throws SQLException;

  /** Lets go of the snapshot; the slot stays. */
  @Override
  void close();
}
