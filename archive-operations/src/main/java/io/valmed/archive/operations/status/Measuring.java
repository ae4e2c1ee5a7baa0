package io.valmed.archive.operations.status;

import io.valmed.archive.databases.hold.PurgeHolds;
import io.valmed.archive.databases.hot.PurgeWorkers;
import io.valmed.archive.databases.seen.ArchiveNow;
import io.valmed.archive.databases.seen.Beat;
import io.valmed.archive.databases.seen.HotNow;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.operations.hold.OpenHold;
import io.valmed.archive.runtime.kafka.TopicEnds;
import io.valmed.archive.runtime.server.DatabaseQuestion;
import io.valmed.archive.runtime.server.ServerQuestion;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures an installation: asks the three servers at the same time, each on a thread and a session
 * of its own, so that one that hangs does not make the others unknown.
 */
final class Measuring implements AutoCloseable {
  private static final TableId HEARTBEAT = new TableId("arc", "heartbeat");
  private static final Duration REMEMBERED = Duration.ofMillis(500);
  private static final String NAME = "archive status";

  private final Settings settings;
  private final InstantSource wall;
  private final Asking<HotNow> hot;
  private final Asking<ArchiveSeen> archive;
  private final Asking<TopicEnds.Ends> kafka;
  private final Sizes sizes;
  private final ProvenPoint proven = new ProvenPoint();
  private final Map<String, @Nullable String> topics = new LinkedHashMap<>();

  /**
   * @param counting whether rows that may leave hot are counted now and then
   */
  Measuring(Settings settings, boolean counting, InstantSource wall, LongSupplier nanos) {
    this.settings = settings;
    this.wall = wall;
    for (PolicyTable table : settings.policy().tables()) {
      topics.put(settings.topics().table(table.table()), table.table().toString());
    }
    topics.put(settings.topics().table(HEARTBEAT), null);
    this.hot =
        new Asking<>(
            new ServerQuestion<>(
                "hot",
                Answered.of(
                    "hot",
                    new DatabaseQuestion<>(
                        settings.hot().purger(), NAME, session -> HotNow.read(session, settings))),
                nanos,
                REMEMBERED),
            settings.hot().purger().address());
    this.archive =
        new Asking<>(
            new ServerQuestion<>(
                "archive",
                Answered.of(
                    "archive",
                    new DatabaseQuestion<>(
                        settings.archive().purger(),
                        NAME,
                        session -> ArchiveSeen.read(session, settings))),
                nanos,
                REMEMBERED),
            settings.archive().purger().address());
    this.kafka =
        new Asking<>(
            new ServerQuestion<>(
                "kafka",
                Answered.of(
                    "kafka",
                    new TopicEnds(
                        settings.kafka(), settings.prefix() + "-status", topics.keySet())),
                nanos,
                REMEMBERED),
            settings.kafka().bootstrapServers());
    this.sizes = new Sizes(settings, counting, nanos);
  }

  /** Measures; takes two seconds at most. */
  Measurement measure() {
    hot.begin();
    archive.begin();
    kafka.begin();
    sizes.begin();
    Asking.Heard<HotNow> ofHot = hot.hear();
    Asking.Heard<ArchiveSeen> ofArchive = archive.hear();
    Asking.Heard<TopicEnds.Ends> ofKafka = kafka.hear();
    @Nullable HotNow hotNow = ofHot.value();
    @Nullable ArchiveSeen seen = ofArchive.value();
    @Nullable ArchiveNow archiveNow = seen == null ? null : seen.now();
    return new Measurement(
        wall.instant(),
        settings.prefix(),
        List.of(ofHot.server(), ofKafka.server(), ofArchive.server()),
        hotNow == null ? null : slot(hotNow),
        hotNow == null ? null : capture(hotNow),
        partitions(ofKafka.value(), archiveNow),
        hotNow == null ? null : trip(hotNow, archiveNow),
        hotNow == null ? null : purge(hotNow, archiveNow),
        archiveNow == null ? null : open(hotNow, archiveNow),
        tables(hotNow, seen),
        archiveNow == null
            ? null
            : new Measurement.SinkSeen(archiveNow.sinks(), archiveNow.writing()));
  }

  /** Waits for the tables' sizes, two seconds at most. */
  void awaitSizes() {
    sizes.await();
  }

  private Measurement.SlotSeen slot(HotNow now) {
    HotNow.Slot slot = now.slot();
    String name = settings.capture().slot();
    return slot == null
        ? new Measurement.SlotSeen(name, false, false, null, null, 0, null, now.walEnd())
        : new Measurement.SlotSeen(
            name,
            true,
            slot.active(),
            slot.reader(),
            slot.walStatus(),
            slot.retained(),
            slot.safe(),
            now.walEnd());
  }

  private static Measurement.CaptureSeen capture(HotNow now) {
    HotNow.Slot slot = now.slot();
    Beat beat = now.beat();
    Double passed = beat == null ? null : beat.passedAt();
    return new Measurement.CaptureSeen(
        slot == null ? 0 : slot.unconfirmed(),
        null,
        now.snapshot()
            ? "copies the tables" + (beat == null ? "" : " for epoch " + beat.epoch())
            : null,
        passed == null ? null : age(now, passed),
        slot == null ? 0 : slot.spilled());
  }

  private List<Measurement.PartitionSeen> partitions(
      TopicEnds.@Nullable Ends ends, @Nullable ArchiveNow archiveNow) {
    List<Measurement.PartitionSeen> all = new ArrayList<>();
    if (ends == null) {
      return all;
    }
    Positions applied = archiveNow == null ? Positions.NONE : archiveNow.positions();
    for (Map.Entry<String, Long> end : ends.committed().next().entrySet()) {
      int slash = end.getKey().lastIndexOf('/');
      String topic = end.getKey().substring(0, slash);
      all.add(
          new Measurement.PartitionSeen(
              topic,
              Integer.parseInt(end.getKey().substring(slash + 1)),
              topics.get(topic),
              end.getValue(),
              applied.next().get(end.getKey()),
              ends.written().next().getOrDefault(end.getKey(), end.getValue())));
    }
    return all;
  }

  private Measurement.@Nullable TripSeen trip(HotNow now, @Nullable ArchiveNow archiveNow) {
    Beat beat = now.beat();
    if (beat == null) {
      return null;
    }
    Double archived = null;
    Double provenAt = null;
    proven.heard(beat);
    if (archiveNow != null) {
      Beat mirrored = archiveNow.beat();
      archived = mirrored == null ? null : age(now, mirrored.writtenAt());
      Double at = proven.at(archiveNow.positions(), mirrored);
      provenAt = at == null ? null : age(now, at);
    }
    return new Measurement.TripSeen(age(now, beat.writtenAt()), archived, provenAt);
  }

  private static double age(HotNow now, double at) {
    return Math.max(0, now.clock() - at);
  }

  private Measurement.PurgeSeen purge(HotNow now, @Nullable ArchiveNow archiveNow) {
    List<OpenHold> open = holds(now, archiveNow);
    var purged = sizes.purged();
    @Nullable Instant last =
        purged == null
            ? null
            : purged.values().stream()
                .map(one -> one.newest())
                .max(Instant::compareTo)
                .orElse(null);
    @Nullable Double silent =
        now.workers().stream()
            .map(PurgeWorkers.Worker::silentSeconds)
            .filter(Objects::nonNull)
            .max(Double::compare)
            .orElse(null);
    return new Measurement.PurgeSeen(
        !now.workers().isEmpty(), last, words(open, "*"), silent, wayOut(open));
  }

  /**
   * What to do about the hold that is shown: where several are, or one that is there for as long as
   * its cause, nobody is told to end it unseen.
   */
  private static @Nullable String wayOut(List<OpenHold> open) {
    List<OpenHold> shown = open.stream().filter(hold -> hold.scope().equals("*")).toList();
    List<OpenHold> all = shown.isEmpty() ? open : shown;
    if (all.isEmpty()) {
      return null;
    }
    return all.size() > 1 || all.get(0).endsByItself()
        ? "./archive purge status"
        : all.get(0).command();
  }

  private static List<OpenHold> holds(@Nullable HotNow now, @Nullable ArchiveNow archiveNow) {
    List<PurgeHolds.Hold> all = new ArrayList<>();
    if (now != null) {
      all.addAll(now.holds());
    }
    if (archiveNow != null) {
      all.addAll(archiveNow.holds());
    }
    return OpenHold.of(all);
  }

  private static List<String> words(List<OpenHold> holds, String scope) {
    return holds.stream().filter(hold -> hold.scope().equals(scope)).map(OpenHold::words).toList();
  }

  private static Measurement.OpenSeen open(@Nullable HotNow now, ArchiveNow archiveNow) {
    return new Measurement.OpenSeen(
        archiveNow.alarms(),
        archiveNow.quarantined().values().stream().mapToLong(Long::longValue).sum(),
        archiveNow.openPages(),
        archiveNow.unwitnessed(),
        now == null ? List.of() : now.parked(),
        archiveNow.unreconciled());
  }

  private List<Measurement.TableSeen> tables(
      @Nullable HotNow now, @Nullable ArchiveSeen archiveSeen) {
    List<OpenHold> holds = holds(now, archiveSeen == null ? null : archiveSeen.now());
    return settings.policy().tables().stream()
        .map(
            table -> TableRow.of(table, sizes, archiveSeen, words(holds, table.table().toString())))
        .toList();
  }

  @Override
  public void close() {
    hot.close();
    archive.close();
    kafka.close();
    sizes.close();
  }
}
