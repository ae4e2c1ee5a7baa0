package io.valmed.archive.operations.status.judge;

import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Measurement.PartitionSeen;
import io.valmed.archive.operations.status.Measurement.SlotSeen;
import io.valmed.archive.operations.status.Measurement.TableSeen;
import io.valmed.archive.operations.status.Motion;
import io.valmed.archive.operations.status.Motion.PartitionMotion;
import io.valmed.archive.operations.status.Motion.TableLag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How fast things move within a window. */
final class Speeds {
  private static final double RECENT = 30;

  private final Window window;
  private final Measurement now;
  private final List<Map<String, PartitionSeen>> seen = new ArrayList<>();
  private final List<Double> ages = new ArrayList<>();

  private Speeds(Window window) {
    this.window = window;
    this.now = window.newest();
    for (Measurement one : window.all()) {
      Map<String, PartitionSeen> partitions = new HashMap<>();
      one.partitions().forEach(partition -> partitions.put(KafkaJudge.name(partition), partition));
      seen.add(partitions);
      ages.add(window.secondsSince(one));
    }
  }

  static Motion of(Window window) {
    return new Speeds(window).motion();
  }

  private Motion motion() {
    @Nullable Double wal = wal();
    List<PartitionMotion> partitions = new ArrayList<>();
    Map<String, TableLag> lags = new HashMap<>();
    for (PartitionSeen one : now.partitions()) {
      PartitionMotion motion =
          new PartitionMotion(one.topic(), one.partition(), applied(one), seconds(one));
      partitions.add(motion);
      String table = one.table();
      if (table != null && now.sink() != null) {
        lags.merge(table, new TableLag(table, one.behind(), motion.seconds()), Speeds::both);
      }
    }
    return new Motion(
        wal,
        horizon(wal),
        partitions,
        now.tables().stream()
            .map(TableSeen::table)
            .map(table -> lags.getOrDefault(table, new TableLag(table, null, null)))
            .toList());
  }

  private static TableLag both(TableLag one, TableLag other) {
    Long records = one.records();
    Long more = other.records();
    Double seconds = one.seconds();
    Double later = other.seconds();
    return new TableLag(
        one.table(),
        records == null || more == null ? null : Long.valueOf(records + more),
        seconds == null || later == null ? null : Double.valueOf(Math.max(seconds, later)));
  }

  private @Nullable Double wal() {
    Measurement then = window.oldest(RECENT, Measurement::slot);
    SlotSeen slot = now.slot();
    if (then == null || then.slot() == null || slot == null) {
      return null;
    }
    double seconds = window.secondsSince(then);
    return seconds <= 0 ? null : Math.max(0, (slot.walLsn() - then.slot().walLsn()) / seconds);
  }

  private @Nullable Double horizon(@Nullable Double wal) {
    Long safe = now.slot() == null ? null : now.slot().safeBytes();
    return safe == null || wal == null || wal <= 0 ? null : Math.max(0, safe) / wal;
  }

  private @Nullable Double applied(PartitionSeen one) {
    if (one.position() == null) {
      return null;
    }
    for (int i = 0; i < seen.size() - 1; i++) {
      PartitionSeen was = seen.get(i).get(KafkaJudge.name(one));
      if (ages.get(i) <= RECENT && was != null && was.position() != null) {
        return Math.max(0, (one.position() - was.position()) / ages.get(i));
      }
    }
    return null;
  }

  /** How long ago the partition ended where the archive is now. */
  private @Nullable Double seconds(PartitionSeen one) {
    if (now.sink() == null) {
      return null;
    }
    if (one.behind() == 0) {
      return 0.0;
    }
    long position = one.position() == null ? 0 : one.position();
    double atLeast = 0;
    for (int i = seen.size() - 1; i >= 0; i--) {
      PartitionSeen was = seen.get(i).get(KafkaJudge.name(one));
      if (was == null) {
        continue;
      }
      atLeast = ages.get(i);
      if (was.end() <= position) {
        return atLeast;
      }
    }
    Double trip = now.trip() == null ? null : now.trip().archiveSeconds();
    return trip == null ? atLeast : Math.max(atLeast, trip);
  }
}
