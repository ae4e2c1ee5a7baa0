package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.DOSES_V1;
import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static io.valmed.archive.sink.TestTables.RATES_V1;
import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.RowDigest;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MirrorAndColdStoreTest {
  private static final String REPAIRED_70 =
      """
      WITH page AS (
        INSERT INTO arc.purge_page (worker, root_table, hot_system_id, hot_xid, hot_lsn, aggregates, rows, outcome, settled_at)
        VALUES ('w', 'public.orders', '1/1', 731, '16/B374D900', 2, 2, 'committed', now()) RETURNING id)
      INSERT INTO arc.purge_row
      SELECT page.id, 'public.orders', ARRAY[o.id::text], %s FROM page, public.orders o WHERE o.id IN (70, 71);
      SELECT arc.repair_departures(max(r.page), 'public', 'orders', jsonb_agg(jsonb_build_object(
        'key', r.key, 'epoch', o.arc_epoch, 'lsn', o.arc_lsn, 'age', o.at)))
      FROM public.orders o JOIN arc.purge_row r ON r.key = ARRAY[o.id::text] WHERE o.id = 70
      """
          .formatted(RowDigest.expression("o", List.of("id", "note", "at")));

  private static SinkFixture fixture;
  private static TestCapture capture;

  @BeforeAll
  static void start() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
    capture = fixture.capture();
    capture.commit(
        () -> {
          capture.version(ORDERS_V1);
          capture.version(DOSES_V1);
          capture.version(RATES_V1);
        });
    fixture.startSink();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void the_last_image_of_a_row_is_in_the_mirror() throws Exception {
    capture.commit(
        () -> {
          capture.create(ORDERS_V1, "1", "a\tb\\c\n\"Zoë\" \uD83D\uDC8A", "2026-01-02 03:04:05");
          capture.create(ORDERS_V1, "2", "first", null);
          capture.update(ORDERS_V1, "2", null, "infinity");
        });
    capture.commit(() -> capture.update(ORDERS_V1, "1", "\\N", "2026-01-02 03:04:06"));

    fixture.awaitApplied();

    assertThat(
            fixture.query(
                "SELECT id, note, at, arc_version, arc_epoch, arc_txid, arc_committed_at AT TIME ZONE 'UTC' FROM orders WHERE id IN (1, 2) ORDER BY id"))
        .containsExactly(
            "1|\\N|2026-01-02 03:04:06|1|1|730|2023-11-14 22:13:20.123456",
            "2|~|infinity|1|1|730|2023-11-14 22:13:20.123456");
  }

  @Test
  void every_departure_is_in_the_cold_store_with_its_own_image() throws Exception {
    capture.commit(
        () -> {
          capture.create(ORDERS_V1, "10", "one", "2026-03-31 23:59:59.999999");
          capture.depart(
              ORDERS_V1, DepartureCause.DELETED, "10", "one", "2026-03-31 23:59:59.999999");
          capture.create(ORDERS_V1, "10", "two", "2026-04-01 00:00:00");
          capture.depart(ORDERS_V1, DepartureCause.PURGED, "10", "two", "2026-04-01 00:00:00");
          capture.create(ORDERS_V1, "10", "three", null);
        });

    fixture.awaitApplied();

    assertThat(
            fixture.query(
                "SELECT tableoid::regclass, note, arc_cause, arc_age, arc_txid FROM public_cold.orders WHERE id = 10 ORDER BY arc_lsn"))
        .containsExactly(
            "public_cold.orders_y2026m03|one|deleted|2026-03-31 23:59:59.999999|731",
            "public_cold.orders_y2026m04|two|purged|2026-04-01 00:00:00|731");
    assertThat(fixture.query("SELECT note FROM orders WHERE id = 10")).containsExactly("three");
  }

  @Test
  void composite_keys_and_quoted_names_go_the_same_way() throws Exception {
    capture.commit(
        () -> {
          capture.read(DOSES_V1, "1", "aspirin", "1.50");
          capture.read(DOSES_V1, "2", "aspirin", "NaN");
          capture.depart(DOSES_V1, DepartureCause.REKEYED, "1", "aspirin", "1.50");
          capture.create(DOSES_V1, "3", "aspirin", "1.50");
        });

    fixture.awaitApplied();

    assertThat(
            fixture.query(
                "SELECT * FROM (SELECT no, \"Drug \"\"x\"\"\", ml, arc_txid FROM \"Ward \"\"7\"\"\".\"Dose.s\") d ORDER BY 1"))
        .containsExactly("2|aspirin|NaN|~", "3|aspirin|1.50|730");
    assertThat(
            fixture.query("SELECT no, arc_cause, arc_age FROM \"Ward \"\"7\"\"_cold\".\"Dose.s\""))
        .containsExactly("1|rekeyed|-infinity");
  }

  @Test
  void a_key_that_comes_back_leaves_its_row_in_the_cold_store_untouched() throws Exception {
    capture.commit(() -> capture.create(ORDERS_V1, "20", "first life", "2026-03-01 00:00:00"));
    capture.commit(
        () ->
            capture.depart(
                ORDERS_V1, DepartureCause.PURGED, "20", "first life", "2026-03-01 00:00:00"));
    fixture.awaitApplied();
    String left = "SELECT ctid, xmin, c.* FROM public_cold.orders c WHERE id = 20";
    List<String> before = fixture.query(left);

    capture.commit(() -> capture.create(ORDERS_V1, "20", "second life", "2026-03-01 00:00:00"));
    fixture.awaitApplied();
    capture.commit(
        () ->
            capture.depart(
                ORDERS_V1, DepartureCause.DELETED, "20", "second life", "2026-03-01 00:00:00"));
    fixture.awaitApplied();

    assertThat(fixture.query(left)).hasSize(2).containsAll(before);
    assertThat(fixture.query("SELECT * FROM orders WHERE id = 20")).isEmpty();
  }

  @Test
  void rows_that_are_read_again_replace_what_is_there() throws Exception {
    for (String note : List.of("streamed", "read again")) {
      capture.commit(
          () -> {
            for (int i = 500; i < 700; i++) {
              capture.read(ORDERS_V1, String.valueOf(i), note, null);
            }
          });
      fixture.awaitApplied();
    }

    assertThat(
            fixture.query(
                "SELECT note, count(*) FROM orders WHERE id BETWEEN 500 AND 699 GROUP BY 1"))
        .containsExactly("read again|200");
  }

  @Test
  void a_key_rewritten_as_an_equal_one_keeps_its_row() throws Exception {
    capture.commit(() -> capture.create(RATES_V1, "1.0", "a"));
    fixture.awaitApplied();

    // The two keys may be in two partitions, so the old one's departure may come last.
    capture.commit(() -> capture.create(RATES_V1, "1.00", "a"));
    fixture.awaitApplied();
    capture.commit(() -> capture.depart(RATES_V1, DepartureCause.REKEYED, "1.0", "a"));
    fixture.awaitApplied();

    assertThat(fixture.query("SELECT rate FROM rates WHERE rate = 1")).containsExactly("1.00");
    assertThat(fixture.query("SELECT rate, arc_cause FROM public_cold.rates WHERE rate = 1"))
        .containsExactly("1.0|rekeyed");
  }

  @Test
  void equal_keys_that_read_differently_can_share_a_batch() throws Exception {
    capture.commit(
        () -> {
          for (int i = 0; i < 30; i++) {
            capture.create(RATES_V1, "5." + "0".repeat(i + 1), "n" + i);
          }
        });

    fixture.awaitApplied();

    assertThat(fixture.query("SELECT count(*) FROM rates WHERE rate = 5")).containsExactly("1");
    assertThat(fixture.query("SELECT * FROM arc.quarantine")).isEmpty();
  }

  @Test
  void a_departure_that_comes_after_its_repair_is_no_second_one() throws Exception {
    capture.commit(
        () -> {
          capture.create(ORDERS_V1, "70", "late", "2026-03-01 00:00:00");
          capture.create(ORDERS_V1, "71", "other", "2026-03-01 00:00:00");
        });
    fixture.awaitApplied();
    fixture.run(RowDigest.SESSION_SETTINGS + "; " + REPAIRED_70);
    String cold =
        "SELECT id, note, arc_txid, arc_cause, arc_age FROM public_cold.orders WHERE id IN (70, 71) ORDER BY 1";
    assertThat(fixture.query(cold)).containsExactly("70|late|731|purged|2026-03-01 00:00:00");

    capture.commit(
        () -> {
          capture.depart(ORDERS_V1, DepartureCause.PURGED, "70", "late", "2026-03-01 00:00:00");
          capture.depart(ORDERS_V1, DepartureCause.PURGED, "71", "other", "2026-03-01 00:00:00");
        });
    fixture.awaitApplied();

    assertThat(fixture.query(cold))
        .containsExactly(
            "70|late|731|purged|2026-03-01 00:00:00", "71|other|731|purged|2026-03-01 00:00:00");
    assertThat(fixture.query("SELECT id FROM orders WHERE id IN (70, 71)")).isEmpty();
    assertThat(
            fixture.query(
                "SELECT sum(rows) FROM arc.purged_departure WHERE journaled AND archived_at > (SELECT max(intended_at) FROM arc.purge_page)"))
        .containsExactly("2");
  }
}
