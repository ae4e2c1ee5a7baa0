package io.valmed.archive.api;

import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.HopStatus;
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
import io.valmed.archive.operations.status.Motion;
import io.valmed.archive.operations.status.Motion.TableLag;
import io.valmed.archive.operations.status.Status;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statuses of a hospital in the states that there are. */
final class Hospital {
  private Hospital() {}

  /** All is well; numbers move a little with the time. */
  static Status well(Instant at) {
    return of(
        HopState.OK,
        "All is well: the archive has everything that hot committed up to a second ago.",
        null,
        null,
        hops(at, null, HopState.OK, "", null),
        measured(at, true, List.of()));
  }

  /** The sink is down, so everything behind it waits. */
  static Status sinkDown(Instant at) {
    return of(
        HopState.DOWN,
        "The sink is down: nothing is applied to the archive since 4 min; hot and Kafka keep everything.",
        Hop.SINK,
        "Start the sink: './archive sink' (or 'systemctl start valmed-archive-sink').",
        hops(
            at,
            Hop.SINK,
            HopState.DOWN,
            "Nobody reads the topics; 48,210 records wait in Kafka.",
            "Start the sink: './archive sink'."),
        measured(at, true, List.of()));
  }

  /** The hop is in that state, and is the cause. */
  static Status troubled(Instant at, Hop hop, HopState state) {
    return of(
        state,
        "%s is %s: this is what a test says of it.".formatted(hop.label(), state.label()),
        hop,
        "Look at it: './archive doctor'.",
        hops(at, hop, state, "It is " + state.label() + ".", "'./archive doctor'"),
        measured(at, true, List.of()));
  }

  /** A person holds the purge. */
  static Status held(Instant at) {
    Status well = well(at);
    return new Status(
        well.state(),
        well.sentence(),
        null,
        null,
        well.hops(),
        measured(
            at,
            true,
            List.of(
                "held  hot/3  all tables, by anna since 2026-11-28T09:14:00Z: before the upgrade. A person ends it with './archive purge resume --hold hot/3'.")));
  }

  /** Hot is away: little is known. */
  static Status hotAway(Instant at) {
    return of(
        HopState.DOWN,
        "Hot does not answer, so nothing is known of the slot and nothing is captured or purged.",
        Hop.SLOT,
        "See that PostgreSQL runs there.",
        hops(at, Hop.SLOT, HopState.DOWN, "Hot does not answer.", null),
        new Measurement(
            at,
            "hospital",
            List.of(
                new ServerSeen("hot", "hot.example:5432/hospital", "the connection was refused"),
                new ServerSeen("kafka", "kafka.example:9092", null),
                new ServerSeen("archive", "archive.example:5432/hospital_archive", null)),
            null,
            null,
            List.of(),
            null,
            null,
            null,
            List.of()));
  }

  private static Status of(
      HopState state,
      String sentence,
      @Nullable Hop cause,
      @Nullable String action,
      List<HopStatus> hops,
      Measurement measured) {
    return new Status(state, sentence, cause, action, hops, measured, motion());
  }

  private static List<HopStatus> hops(
      Instant at, @Nullable Hop bad, HopState state, String reason, @Nullable String action) {
    double wave = 0.4 + 0.3 * Math.sin(at.getEpochSecond() / 60.0);
    List<HopStatus> all = new ArrayList<>();
    String[] well = {
      "Hot keeps 12 MiB of WAL for it, of 8 GiB.",
      "Capture reads the slot.",
      "No record waits.",
      "The sink applies what comes.",
      "Everything up to then is archived.",
      "Rows leave hot as they become cold."
    };
    for (Hop hop : Hop.values()) {
      boolean here = hop == bad;
      HopState of =
          here ? state : bad != null && hop.compareTo(bad) > 0 ? HopState.UNKNOWN : HopState.OK;
      boolean late = bad != null && hop.compareTo(bad) >= 0;
      @Nullable Double seconds = hop == Hop.SLOT ? null : Double.valueOf(late ? 252 : wave);
      all.add(
          new HopStatus(
              hop,
              of,
              seconds,
              records(hop, late),
              hop == Hop.SLOT || hop == Hop.CAPTURE ? Long.valueOf(12L << 20) : null,
              of == HopState.CATCHING_UP ? Double.valueOf(95) : null,
              here ? reason : well[all.size()],
              here ? action : null));
    }
    return all;
  }

  /** With how fast it moves. */
  private static Motion motion() {
    return new Motion(
        9_000.0, 930_000.0, List.of(), List.of(new TableLag("public.medication_orders", 2L, 0.4)));
  }

  private static @Nullable Long records(Hop hop, boolean late) {
    return switch (hop) {
      case SINK -> Long.valueOf(late ? 48_210 : 3);
      case PURGE -> Long.valueOf(1_204);
      default -> null;
    };
  }

  private static Measurement measured(Instant at, boolean reads, List<String> holds) {
    long second = at.getEpochSecond();
    long moving = Math.floorMod(second, 1200L);
    return new Measurement(
        at,
        "hospital",
        List.of(
            new ServerSeen("hot", "hot.example:5432/hospital", null),
            new ServerSeen("kafka", "kafka.example:9092", null),
            new ServerSeen("archive", "archive.example:5432/hospital_archive", null)),
        new SlotSeen(
            "arc_hospital",
            true,
            reads,
            "valmed capture",
            "reserved",
            (8L << 20) + moving * 9_000,
            (8L << 30) - (8L << 20) - moving * 9_000,
            1L << 40),
        new CaptureSeen(2_048, null, null),
        List.of(
            new PartitionSeen(
                "hospital.public.medication_orders",
                0,
                "public.medication_orders",
                90_211,
                90_209L),
            new PartitionSeen("hospital.heartbeat", 0, null, 4_000, 4_000L)),
        new TripSeen(0.2, 0.9),
        new PurgeSeen(true, at.minusSeconds(moving % 60), holds),
        new OpenSeen(0, 0, 0, 0, List.of()),
        List.of(
            table("public.medication_orders", "root", 1, moving, at),
            table("public.medication_administrations", "child", 3, moving, at),
            table("public.drugs", "reference", 0, moving, at)),
        new SinkSeen(1, false));
  }

  private static TableSeen table(String name, String role, long times, long moving, Instant at) {
    boolean reference = role.equals("reference");
    long cold = reference ? 0 : times * (1_204_000 + moving * 40);
    return new TableSeen(
        name,
        role,
        reference ? 5_000 : times * (212_000 - moving * 5),
        reference ? 1L << 20 : times * (96L << 20),
        reference ? 1L << 18 : times * (31L << 20),
        reference ? 5_000 : times * (212_000 - moving * 5),
        reference ? 1L << 20 : times * (88L << 20),
        cold,
        cold * 210,
        reference ? null : Long.valueOf(times * (4_000 - moving * 3)),
        reference ? null : at.minusSeconds(91L * 86_400),
        reference ? null : Long.valueOf(cold),
        List.of(),
        0,
        reference ? null : at.truncatedTo(ChronoUnit.HOURS).minusSeconds(5_400),
        reference ? "never" : "equal");
  }
}
