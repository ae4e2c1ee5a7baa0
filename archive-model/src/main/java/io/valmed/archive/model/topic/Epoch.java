package io.valmed.archive.model.topic;

import io.valmed.archive.model.TableId;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One unbroken history of one hot database and slot, as the schema topic tells it.
 *
 * @param number counts from 1 under a prefix
 * @param systemId the hot database's system identifier
 * @param timeline the hot database's timeline when the epoch began
 * @param snapshotComplete whether every row of the epoch's snapshot stands in the topics
 * @param snapshotEnd once complete: the positions behind the snapshot's last rows, for every
 *     partition of every table; a mirror row of an older epoch that is still there when the sink
 *     has passed them is no longer in hot
 * @param begins where the epoch begins in every partition of every table's topic: no record of it
 *     stands before; {@link Positions#NONE}: its writer did not say yet
 * @param tables once complete: how many rows of each table the snapshot copied; empty: its writer
 *     did not say yet
 * @param snapshotLsn once complete: hot's position that the snapshot shows. Records of the epoch
 *     below it are of changes from before, and a row that has none from there on is no longer in
 *     hot; 0: there are no such records, or its writer did not say yet
 */
public record Epoch(
    int number,
    String systemId,
    int timeline,
    boolean snapshotComplete,
    Positions snapshotEnd,
    Positions begins,
    SortedMap<TableId, Long> tables,
    long snapshotLsn) {
  private static final Comparator<TableId> BY_NAME = Comparator.comparing(TableId::toString);

  public Epoch {
    Objects.requireNonNull(systemId, "systemId");
    Objects.requireNonNull(snapshotEnd, "snapshotEnd");
    Objects.requireNonNull(begins, "begins");
    SortedMap<TableId, Long> sorted = new TreeMap<>(BY_NAME);
    sorted.putAll(tables);
    tables = Collections.unmodifiableSortedMap(sorted);
    if (number < 1) {
      throw new IllegalArgumentException("epochs count from 1");
    }
  }

  /** An epoch of a writer that tells neither where it begins nor what it has copied. */
  public Epoch(
      int number, String systemId, int timeline, boolean snapshotComplete, Positions snapshotEnd) {
    this(
        number,
        systemId,
        timeline,
        snapshotComplete,
        snapshotEnd,
        Positions.NONE,
        new TreeMap<>(BY_NAME),
        0);
  }

  /** An epoch that begins at these positions. */
  public static Epoch beginning(int number, String systemId, int timeline, Positions begins) {
    return new Epoch(
        number, systemId, timeline, false, Positions.NONE, begins, new TreeMap<>(BY_NAME), 0);
  }

  /** This epoch, its snapshot being whole. */
  public Epoch completed(Positions end, Map<TableId, Long> copied, long shown) {
    SortedMap<TableId, Long> rows = new TreeMap<>(BY_NAME);
    rows.putAll(copied);
    return new Epoch(number, systemId, timeline, true, end, begins, rows, shown);
  }
}
