package io.valmed.archive.operations.status.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.Status;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JudgementTest {
  private static final Expected EXPECTED =
      new Expected(
          "slot", Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofDays(1), false);

  /** Measured every two seconds; {@code then} says what has changed at each. */
  private static Status after(double seconds, BiConsumer<Seen, Double> then) {
    Window window = new Window();
    Seen seen = new Seen();
    for (double second = 0; second <= seconds; second += 2) {
      then.accept(seen, second);
      window.add(seen.at(second));
    }
    return new Judgement(EXPECTED).of(window);
  }

  private static Status once(Consumer<Seen> change) {
    return after(0, (seen, second) -> change.accept(seen));
  }

  private static void is(Status status, Hop hop, HopState state) {
    assertThat(status.cause()).as(status.sentence()).isEqualTo(hop);
    assertThat(status.hop(hop).state()).as(status.sentence()).isEqualTo(state);
    assertThat(status.state()).isGreaterThanOrEqualTo(state);
  }

  @Test
  void what_is_quiet_is_well() {
    Status status = after(7200, (seen, second) -> {});

    assertThat(status.state()).isEqualTo(HopState.OK);
    assertThat(status.cause()).isNull();
    assertThat(status.action()).isNull();
    assertThat(status.sentence()).isEqualTo("All is well: everything is archived up to 1.5 s ago.");
  }

  @Test
  void heartbeats_alone_are_no_lag() {
    Status status = after(60, (seen, second) -> seen.beats = 500 + second.longValue());

    assertThat(status.state()).isEqualTo(HopState.OK);
  }

  @Test
  void traffic_that_is_in_flight_is_well() {
    Status status =
        after(
            60,
            (seen, second) -> {
              seen.end = 1000 + (long) (second * 500);
              seen.highWatermark = seen.end + 40;
              seen.position = seen.end - 700;
              seen.wal = (1L << 30) + (long) (second * 1e6);
              seen.confirmed = seen.wal - 200_000;
            });

    assertThat(status.state()).isEqualTo(HopState.OK);
    assertThat(status.hop(Hop.SINK).records()).isEqualTo(700);
    assertThat(status.hop(Hop.SINK).seconds()).isBetween(1.0, 4.0);
    assertThat(status.motion().walBytesPerSecond()).isBetween(9e5, 11e5);
  }

  @Test
  void a_table_whose_topic_is_gone_is_named() {
    Status status = once(seen -> seen.another = "public.wards");

    is(status, Hop.KAFKA, HopState.STALLED);
    assertThat(status.sentence()).contains("no topic of table public.wards");
  }

  @Test
  void a_topic_that_ends_before_where_the_archive_was_has_lost_records() {
    Status status =
        after(
            20,
            (seen, second) -> {
              seen.end = second < 10 ? 1000 : 900;
              seen.highWatermark = seen.end;
            });

    is(status, Hop.SINK, HopState.STALLED);
    assertThat(status.sentence()).contains("Kafka has lost records of valmed.public.orders/0");
  }

  @Test
  void a_slot_that_nobody_reads_is_capture_that_is_down_at_once() {
    Status status = once(seen -> seen.active = false);

    is(status, Hop.CAPTURE, HopState.DOWN);
    assertThat(status.action()).isEqualTo("./archive capture");
    assertThat(status.sentence()).startsWith("Capture is down: nobody reads slot slot");
  }

  @Test
  void capture_that_never_ran_is_down_and_its_slot_is_not_lost() {
    Status status =
        once(
            seen -> {
              seen.exists = false;
              seen.active = false;
              seen.ran = false;
            });

    is(status, Hop.CAPTURE, HopState.DOWN);
    assertThat(status.hop(Hop.SLOT).state()).isEqualTo(HopState.OK);
  }

  @Test
  void a_slot_that_is_gone_or_given_up_asks_for_a_new_epoch() {
    for (Status status :
        new Status[] {
          once(
              seen -> {
                seen.exists = false;
                seen.active = false;
              }),
          once(
              seen -> {
                seen.walStatus = "lost";
                seen.active = false;
              })
        }) {
      is(status, Hop.SLOT, HopState.DOWN);
      assertThat(status.action()).isEqualTo("./archive capture --new-epoch");
    }
  }

  @Test
  void capture_that_is_frozen_is_stalled_within_ten_seconds() {
    Status status = after(20, (seen, second) -> seen.written = second > 12 ? second - 12 : 0.5);

    is(status, Hop.CAPTURE, HopState.STALLED);
    assertThat(status.sentence()).contains("no heartbeat");
  }

  @Test
  void capture_whose_heartbeats_do_not_come_through_is_stalled() {
    Status status = after(40, (seen, second) -> seen.passed = second);

    is(status, Hop.CAPTURE, HopState.STALLED);
  }

  @Test
  void a_large_transaction_that_is_written_to_kafka_is_named_and_no_alarm() {
    Status status =
        after(
            40,
            (seen, second) -> {
              seen.passed = second;
              seen.wal = (1L << 30) + (long) (second * 1e6);
              seen.highWatermark = seen.end + (long) (second * 3000);
            });

    assertThat(status.state()).isEqualTo(HopState.CATCHING_UP);
    assertThat(status.cause()).isEqualTo(Hop.CAPTURE);
    assertThat(status.hop(Hop.CAPTURE).seconds()).isEqualTo(40);
    assertThat(status.hop(Hop.CAPTURE).bytes()).isEqualTo(40_000_000);
    assertThat(status.sentence()).contains("a large transaction", "120,000 records so far");
    assertThat(status.measured().capture()).isNotNull();
    assertThat(status.measured().capture().decoding()).contains("large transaction");
  }

  @Test
  void a_large_transaction_that_postgresql_decodes_is_named_and_no_alarm() {
    Status status =
        after(
            40,
            (seen, second) -> {
              seen.passed = second;
              seen.spilled = (long) (second * 8e6);
            });

    assertThat(status.state()).isEqualTo(HopState.CATCHING_UP);
    assertThat(status.sentence()).contains("PostgreSQL decodes a large transaction");
  }

  @Test
  void capture_that_gets_nearer_catches_up_and_says_when() {
    Status status =
        after(
            40,
            (seen, second) -> {
              seen.passed = 600 + second;
              seen.wal = (1L << 30) + (long) (second * 1e6);
              seen.confirmed = (1L << 30) - 1_000_000_000L + (long) (second * 11e6);
            });

    is(status, Hop.CAPTURE, HopState.CATCHING_UP);
    assertThat(status.hop(Hop.CAPTURE).secondsToCatchUp()).isBetween(55.0, 65.0);
    assertThat(status.sentence()).contains("it takes about 60 s");
  }

  @Test
  void capture_that_is_slower_than_hot_falls_behind() {
    Status status =
        after(
            40,
            (seen, second) -> {
              seen.passed = 60 + second;
              seen.wal = (1L << 30) + (long) (second * 9e6);
              seen.confirmed = (1L << 30) + (long) (second * 3e6);
            });

    is(status, Hop.CAPTURE, HopState.FALLING_BEHIND);
  }

  @Test
  void a_snapshot_is_named_and_no_alarm() {
    Status status =
        once(
            seen -> {
              seen.snapshot = "copies the tables for epoch 2";
              seen.active = false;
            });

    is(status, Hop.CAPTURE, HopState.CATCHING_UP);
    assertThat(status.sentence()).contains("epoch 2");
  }

  @Test
  void a_slot_near_its_limit_is_named_with_its_horizon() {
    Status status =
        after(
            40,
            (seen, second) -> {
              seen.active = true;
              seen.wal = (1L << 30) + (long) (second * 1e6);
              seen.retained = 900_000_000L + (long) (second * 1e6);
              seen.safe = 640_000_000L - (long) (second * 1e6);
            });

    is(status, Hop.SLOT, HopState.FALLING_BEHIND);
    assertThat(status.motion().horizonSeconds()).isBetween(590.0, 610.0);
    assertThat(status.sentence()).contains("until the slot is lost, in 10 min");
  }

  @Test
  void a_slot_that_moves_along_is_well_however_small_its_limit_is() {
    Status status =
        after(
            40,
            (seen, second) -> {
              seen.wal = (1L << 30) + (long) (second * 1e6);
              seen.confirmed = seen.wal;
              seen.safe = 64_000_000L;
            });

    assertThat(status.state()).isEqualTo(HopState.OK);
    assertThat(status.motion().horizonSeconds()).isBetween(60.0, 70.0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hot", "kafka", "archive"})
  void a_server_that_does_not_answer_is_the_cause_and_what_it_would_show_is_not_ok(String server) {
    Status status =
        once(
            seen -> {
              switch (server) {
                case "hot" -> seen.hotTrouble = "no answer came in time";
                case "kafka" -> {
                  seen.kafkaTrouble = "no answer came in time";
                  seen.passed = 40.0;
                }
                default -> seen.archiveTrouble = "no answer came in time";
              }
            });

    Hop hop =
        switch (server) {
          case "hot" -> Hop.SLOT;
          case "kafka" -> Hop.KAFKA;
          default -> Hop.SINK;
        };
    is(status, hop, HopState.DOWN);
    assertThat(status.sentence()).contains(server + " (").contains("no answer came in time");
    if (server.equals("hot")) {
      assertThat(status.hop(Hop.CAPTURE).state()).isEqualTo(HopState.UNKNOWN);
      assertThat(status.hop(Hop.PURGE).state()).isEqualTo(HopState.UNKNOWN);
    }
    if (server.equals("archive")) {
      assertThat(status.hop(Hop.PROOF).state()).isEqualTo(HopState.UNKNOWN);
    }
  }

  @Test
  void a_right_that_is_lacking_is_unknown_with_the_command_that_mends_it() {
    Status status =
        once(
            seen -> {
              seen.refused = true;
              seen.hotTrouble = "permission denied; run './archive provision hot'";
            });

    is(status, Hop.SLOT, HopState.UNKNOWN);
    assertThat(status.sentence()).contains("./archive provision hot");
  }

  @Test
  void a_sink_that_is_gone_is_down_though_nothing_waits() {
    Status status = once(seen -> seen.sinks = 0);

    is(status, Hop.SINK, HopState.DOWN);
    assertThat(status.action()).isEqualTo("./archive sink");
  }

  @Test
  void a_sink_that_is_frozen_is_stalled_within_ten_seconds() {
    Status status =
        after(
            20,
            (seen, second) -> {
              seen.end = 1000 + (long) Math.max(0, second - 12);
              seen.highWatermark = seen.end;
            });

    is(status, Hop.SINK, HopState.STALLED);
    assertThat(status.sentence()).contains("valmed.public.orders/0");
  }

  @Test
  void a_sink_that_works_on_a_large_batch_is_not_stalled() {
    Status status =
        after(
            14,
            (seen, second) -> {
              seen.writing = true;
              seen.end = 1000 + (long) (second * 1000);
              seen.highWatermark = seen.end;
            });

    is(status, Hop.SINK, HopState.FALLING_BEHIND);
  }

  @Test
  void a_sink_that_is_frozen_in_a_transaction_is_stalled_later() {
    Status status =
        after(
            30,
            (seen, second) -> {
              seen.writing = true;
              seen.end = 1000 + (long) (second * 1000);
              seen.highWatermark = seen.end;
            });

    is(status, Hop.SINK, HopState.STALLED);
  }

  @Test
  void a_sink_that_keeps_its_distance_is_no_alarm() {
    Status status =
        after(
            60,
            (seen, second) -> {
              seen.end = 1_000_000 + (long) (second * 1000);
              seen.highWatermark = seen.end;
              seen.position = seen.end - 10_000 - (second.intValue() % 4) * 10L;
            });

    is(status, Hop.SINK, HopState.CATCHING_UP);
  }

  @Test
  void a_sink_that_gets_nearer_catches_up_and_says_when() {
    Status status =
        after(
            60,
            (seen, second) -> {
              seen.end = 1_000_000 + (long) (second * 100);
              seen.highWatermark = seen.end;
              seen.position = (long) (second * 5100);
              seen.proven = 3600.0;
            });

    is(status, Hop.SINK, HopState.CATCHING_UP);
    assertThat(status.hop(Hop.SINK).records()).isEqualTo(700_000);
    assertThat(status.hop(Hop.SINK).secondsToCatchUp()).isBetween(135.0, 145.0);
    assertThat(status.hop(Hop.SINK).seconds()).isEqualTo(3600);
  }

  @Test
  void a_sink_that_is_slower_than_capture_falls_behind() {
    Status status =
        after(
            60,
            (seen, second) -> {
              seen.end = 1_000_000 + (long) (second * 9000);
              seen.highWatermark = seen.end;
              seen.position = 900_000 + (long) (second * 1000);
            });

    is(status, Hop.SINK, HopState.FALLING_BEHIND);
  }

  @Test
  void an_open_transaction_that_stays_while_others_end_hangs() {
    Status status =
        after(
            80,
            (seen, second) -> {
              seen.highWatermark = seen.end + 7;
              seen.beats = 500 + second.longValue();
            });

    is(status, Hop.KAFKA, HopState.STALLED);
    assertThat(status.sentence()).contains("valmed.public.orders/0");
  }

  @Test
  void what_waits_for_a_person_is_stalled_at_its_hop_with_the_verb_that_shows_it() {
    assertThat(once(seen -> seen.quarantined = 3).action()).isEqualTo("./archive quarantine list");
    assertThat(once(seen -> seen.alarms = 1).action()).isEqualTo("./archive alarms list");
    assertThat(once(seen -> seen.verified = "differs").action()).isEqualTo("./archive verify");
    assertThat(once(seen -> seen.unwitnessed = 9).cause()).isEqualTo(Hop.PROOF);
    assertThat(once(seen -> seen.openPages = 1).cause()).isEqualTo(Hop.PURGE);
    assertThat(once(seen -> seen.parked.add("public.orders")).cause()).isEqualTo(Hop.CAPTURE);
    assertThat(after(80, (seen, second) -> seen.unreconciled = 2).action())
        .isEqualTo("./archive epoch list");
  }

  @Test
  void a_held_purge_is_stalled_and_says_by_whom_and_how_it_ends() {
    Status status = once(seen -> seen.holds.add("held by ann since today: looking."));

    is(status, Hop.PURGE, HopState.STALLED);
    assertThat(status.sentence())
        .isEqualTo("Purge is stalled: everything is held by ann since today: looking.");
    assertThat(status.action()).isEqualTo("./archive purge resume");
  }

  @Test
  void a_purge_that_is_not_there_is_down_and_one_that_says_nothing_is_stalled() {
    is(once(seen -> seen.purging = false), Hop.PURGE, HopState.DOWN);
    is(once(seen -> seen.silent = 100.0), Hop.PURGE, HopState.STALLED);
  }

  @Test
  void a_draft_needs_no_purge() {
    Window window = new Window();
    Seen seen = new Seen();
    seen.purging = false;
    window.add(seen.at(0));

    Status status =
        new Judgement(
                new Expected("slot", Duration.ofSeconds(1), Duration.ofSeconds(60), null, true))
            .of(window);

    assertThat(status.state()).isEqualTo(HopState.OK);
  }

  @Test
  void what_comes_first_on_the_way_is_the_cause_and_the_rest_is_counted() {
    Status status =
        once(
            seen -> {
              seen.active = false;
              seen.sinks = 0;
              seen.purging = false;
            });

    is(status, Hop.CAPTURE, HopState.DOWN);
    assertThat(status.sentence()).endsWith("2 more hops are not well.");
  }

  @Test
  void what_has_recovered_is_well_again_at_once() {
    Status status =
        after(
            40,
            (seen, second) -> {
              seen.active = second > 30 || second < 10;
              seen.sinks = seen.active ? 1 : 0;
            });

    assertThat(status.state()).isEqualTo(HopState.OK);
  }

  @Test
  void a_window_forgets_and_a_clock_that_is_set_back_begins_anew() {
    Window window = new Window();
    Seen seen = new Seen();
    for (int second = 0; second < 7200; second += 2) {
      window.add(seen.at(second));
    }
    assertThat(window.all()).hasSize(46);

    window.add(seen.at(3));

    assertThat(window.all()).hasSize(1);
  }
}
