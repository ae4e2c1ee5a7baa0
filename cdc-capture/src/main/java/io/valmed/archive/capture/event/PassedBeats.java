package io.valmed.archive.capture.event;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.StopException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The newest heartbeat that came back through the slot and stands in Kafka. Seen and committed by
 * the relay's thread, read by any.
 */
public final class PassedBeats {
  /** The heartbeat table: the only product table that is captured. */
  public static final TableId TABLE = new TableId("arc", "heartbeat");

  private final String slot;
  private final String epoch;
  private @Nullable RowImage pending;
  private @Nullable TableSchema pendingSchema;
  private volatile @Nullable Passed newest;

  /**
   * A beat that has passed.
   *
   * @param beat its number
   * @param writtenLsn hot's position when it was written, as PostgreSQL's text
   * @param writtenAt when it was written by hot's clock, as PostgreSQL's text
   * @param positions the positions in the topics that cover everything up to it
   */
  public record Passed(long beat, String writtenLsn, String writtenAt, Positions positions) {}

  public PassedBeats(String slot, int epoch) {
    this.slot = slot;
    this.epoch = Integer.toString(epoch);
  }

  /** The newest; null: none since capture was opened. */
  public @Nullable Passed newest() {
    return newest;
  }

  /**
   * Whether it is the heartbeat of another slot: another installation's, which carries it itself.
   */
  public boolean ofAnother(TableSchema schema, SourceEvent.RowChange row) {
    RowImage image = row.after() != null ? row.after() : row.before();
    return schema.table().equals(TABLE)
        && image != null
        && !slot.equals(value(schema, image, "slot"));
  }

  public void seen(TableSchema schema, RowImage row) {
    if (schema.table().equals(TABLE)
        && slot.equals(value(schema, row, "slot"))
        && epoch.equals(value(schema, row, "epoch"))) {
      pending = row;
      pendingSchema = schema;
    }
  }

  /** The beat that is appended and not committed; 0: none. */
  public long pendingBeat() {
    RowImage row = pending;
    TableSchema schema = pendingSchema;
    return row == null || schema == null ? 0 : Long.parseLong(required(schema, row, "beat"));
  }

  public void committed(Supplier<Positions> positions) {
    RowImage row = pending;
    TableSchema schema = pendingSchema;
    if (row == null || schema == null) {
      return;
    }
    pending = null;
    newest =
        new Passed(
            Long.parseLong(required(schema, row, "beat")),
            required(schema, row, "written_lsn"),
            required(schema, row, "written_at"),
            positions.get());
  }

  private static String required(TableSchema schema, RowImage row, String column) {
    String value = value(schema, row, column);
    if (value == null) {
      throw new StopException(
          "Column %s of arc.heartbeat is NULL or missing in hot. Run './archive migrate hot up'."
              .formatted(column));
    }
    return value;
  }

  private static @Nullable String value(TableSchema schema, RowImage row, String column) {
    int index = schema.indexOf(column);
    return index < 0 ? null : row.get(index);
  }
}
