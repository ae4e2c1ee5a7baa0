package io.valmed.archive.operations.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How fast it moves, from a window of measurements. What is not known is null.
 *
 * @param walBytesPerSecond that hot writes
 * @param horizonSeconds until hot removes WAL that the slot needs, at this rate, if the slot stays
 *     where it is; null also: no limit is set, or nothing is written
 * @param partitions those of the measurement, in its order
 * @param tables the policy's, in its order
 */
public record Motion(
    @Nullable Double walBytesPerSecond,
    @Nullable Double horizonSeconds,
    List<PartitionMotion> partitions,
    List<TableLag> tables) {

  /** Nothing is known. */
  public static final Motion NONE = new Motion(null, null, List.of(), List.of());

  public Motion {
    partitions = List.copyOf(partitions);
    tables = List.copyOf(tables);
  }

  /**
   * One partition of a topic.
   *
   * @param recordsPerSecond that the archive applies
   * @param seconds how long ago the partition ended where the archive is now; at least that where
   *     it was before the window
   */
  public record PartitionMotion(
      String topic, int partition, @Nullable Double recordsPerSecond, @Nullable Double seconds) {}

  /**
   * One table.
   *
   * @param records of it that the archive has not applied
   * @param seconds the largest of its partitions'
   */
  public record TableLag(String table, @Nullable Long records, @Nullable Double seconds) {}
}
