package io.valmed.archive.operations.status.judge;

import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Measurement.CaptureSeen;
import io.valmed.archive.operations.status.Measurement.OpenSeen;
import io.valmed.archive.operations.status.Measurement.PartitionSeen;
import io.valmed.archive.operations.status.Measurement.PurgeSeen;
import io.valmed.archive.operations.status.Measurement.ServerSeen;
import io.valmed.archive.operations.status.Measurement.SinkSeen;
import io.valmed.archive.operations.status.Measurement.SlotSeen;
import io.valmed.archive.operations.status.Measurement.TableSeen;
import io.valmed.archive.operations.status.Measurement.TripSeen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A made-up installation, measured: well, unless something is said of it. */
final class Seen {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  long wal = 1L << 30;
  long confirmed = wal;
  long retained = 16 << 20;
  @Nullable Long safe;
  String walStatus = "reserved";
  boolean exists = true;
  boolean active = true;
  boolean ran = true;
  double written = 0.5;
  @Nullable Double passed = 0.9;
  @Nullable Double proven = 1.5;
  long spilled;
  @Nullable String another;
  @Nullable String snapshot;
  long end = 1000;
  long highWatermark = 1000;
  long position = 1000;
  long beats = 500;
  int sinks = 1;
  boolean writing;
  boolean purging = true;
  @Nullable Double silent = 3.0;
  final List<String> holds = new ArrayList<>();
  String verified = "equal";
  long alarms;
  long quarantined;
  long openPages;
  long unwitnessed;
  int unreconciled;
  final List<String> parked = new ArrayList<>();
  @Nullable String hotTrouble;
  @Nullable String kafkaTrouble;
  @Nullable String archiveTrouble;
  boolean refused;

  /** As it is at that second. */
  Measurement at(double second) {
    Instant at = BEGIN.plusMillis((long) (second * 1000));
    boolean hot = hotTrouble == null;
    boolean archive = archiveTrouble == null;
    return new Measurement(
        at,
        "valmed",
        List.of(
            new ServerSeen("hot", "h:5432/hospital", hotTrouble, refused),
            new ServerSeen("kafka", "k:9092", kafkaTrouble, refused),
            new ServerSeen("archive", "a:5432/archive", archiveTrouble, refused)),
        hot
            ? new SlotSeen(
                "slot",
                exists,
                active,
                active ? "valmed-archive capture stream" : null,
                exists ? walStatus : null,
                retained,
                safe,
                wal)
            : null,
        hot ? new CaptureSeen(wal - confirmed, null, snapshot, passed, spilled) : null,
        kafkaTrouble == null
            ? List.of(
                new PartitionSeen(
                    "valmed.public.orders",
                    0,
                    "public.orders",
                    end,
                    archive ? Long.valueOf(position) : null,
                    highWatermark),
                new PartitionSeen(
                    "valmed.arc.heartbeat", 0, null, beats, archive ? Long.valueOf(beats) : null))
            : List.of(),
        hot && ran ? new TripSeen(written, archive ? proven : null, archive ? proven : null) : null,
        hot
            ? new PurgeSeen(
                purging, null, holds, silent, holds.isEmpty() ? null : "./archive purge resume")
            : null,
        archive
            ? new OpenSeen(alarms, quarantined, openPages, unwitnessed, parked, unreconciled)
            : null,
        Stream.of("public.orders", another)
            .filter(Objects::nonNull)
            .map(name -> table(name, at))
            .toList(),
        archive ? new SinkSeen(sinks, writing) : null);
  }

  private TableSeen table(String name, Instant at) {
    return new TableSeen(
        name, "root", null, null, null, null, null, null, null, null, null, null, List.of(), 0, at,
        verified);
  }
}
