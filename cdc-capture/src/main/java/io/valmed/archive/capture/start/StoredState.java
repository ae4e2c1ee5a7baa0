package io.valmed.archive.capture.start;

import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.model.topic.SchemaRecord.Installed;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka knows of earlier runs.
 *
 * @param offset the stored offset; null: none
 * @param epoch the newest epoch; null: none ever began
 * @param versions the newest version of each table
 * @param parked the tables that were parked in the newest epoch, with the reason
 * @param written where the topics ended when the stored offset was written, or a little before
 * @param installation whose history it is; null: nothing says so yet
 * @param parkedEver whether a table was parked in any epoch
 */
public record StoredState(
    @Nullable SourceOffset offset,
    @Nullable Epoch epoch,
    Map<TableId, TableSchema> versions,
    Map<TableId, String> parked,
    Positions written,
    @Nullable Installed installation,
    boolean parkedEver) {

  /** Of topics that say neither where they ended nor whose they are. */
  public StoredState(
      @Nullable SourceOffset offset,
      @Nullable Epoch epoch,
      Map<TableId, TableSchema> versions,
      Map<TableId, String> parked) {
    this(offset, epoch, versions, parked, Positions.NONE, null, !parked.isEmpty());
  }

  public StoredState {
    versions = Map.copyOf(versions);
    parked = Map.copyOf(parked);
  }
}
