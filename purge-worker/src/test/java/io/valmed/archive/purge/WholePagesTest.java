package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.databases.archive.CaughtUp;
import io.valmed.archive.databases.cold.ColdCursor;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.lane.Stage;
import io.valmed.archive.purge.maintain.ClockWatch;
import io.valmed.archive.purge.page.HotPage;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.purge.page.PageRequest;
import io.valmed.archive.purge.page.WholePage;
import io.valmed.archive.purge.page.WholeProof;
import io.valmed.archive.purge.postgres.ArchiveSession;
import io.valmed.archive.purge.postgres.EqualPages;
import io.valmed.archive.purge.postgres.HotSession;
import io.valmed.archive.purge.postgres.MirrorRows;
import io.valmed.archive.purge.postgres.PostgresJournal;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A page is locked, proven and journalled as a whole, or not at all. */
class WholePagesTest {
  private static final RootTable ORDERS = Valmed.POLICY.roots().get(0);
  private static final PageRequest.Next TEN = new PageRequest.Next(null, 10);
  private static final String FIFTEEN = "'" + Valmed.order(15) + "'";

  private PurgeScene scene;
  private HotSession hot;
  private ArchiveSession archive;
  private MirrorRows mirror;
  private EqualPages proof;

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.mirrored();
    open(scene.settings().make());
  }

  private void open(Settings settings) throws Exception {
    hot = HotSession.open(settings, new ClockWatch(settings.purge().clockSkew(), System::nanoTime));
    archive = ArchiveSession.open(settings, hot);
    mirror =
        new MirrorRows(
            archive.connection(),
            settings.prefix(),
            new CaughtUp(hot.connection(), archive.connection(), "slot"));
    PostgresJournal journal =
        new PostgresJournal(archive, settings.prefix(), settings.purge().worker(), hot.systemId());
    proof = new EqualPages(archive, mirror, journal);
  }

  @AfterEach
  void close() {
    archive.close();
    hot.close();
  }

  @Test
  void the_oldest_aggregates_are_locked_with_all_their_rows() throws Exception {
    try (HotPage page = hot.begin(ORDERS)) {
      WholePage whole = Objects.requireNonNull(page.lockWhole(TEN));

      assertThat(whole.decided()).isEqualTo(10);
      assertThat(whole.rows()).isEqualTo(40);
      assertThat(whole.last()).isFalse();
      assertThat(whole.cursor().key()).containsExactly(Valmed.order(11));
      assertThat(whole.roots()).hasSize(10).contains(List.of(Valmed.order(20)));
      assertThat(
              scene.hot.list("SELECT id FROM medication_orders ORDER BY id FOR UPDATE SKIP LOCKED"))
          .hasSize(10)
          .contains(Valmed.order(10));
      assertThat(scene.hot.list("SELECT id FROM medication_administrations FOR UPDATE SKIP LOCKED"))
          .hasSize(30);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE medication_orders SET note = 'in flight' WHERE id = %s",
        "SELECT FROM medication_orders WHERE id = %s FOR KEY SHARE",
        "UPDATE medication_administrations SET administration_time = now() WHERE order_id = %s",
        "INSERT INTO medication_administrations VALUES (gen_random_uuid(), %s)"
      })
  void a_page_with_a_row_that_another_session_holds_is_not_taken_as_a_whole(String change)
      throws Exception {
    try (Connection writer = scene.hot.connect();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute(change.formatted(FIFTEEN));

      try (HotPage page = hot.begin(ORDERS)) {
        assertThat(page.lockWhole(TEN)).isNull();
      }
      try (HotPage page = hot.begin(ORDERS)) {
        HotPage.Locked rows = page.lock(TEN);
        assertThat(rows.page().keptCounts()).containsOnly(Map.entry(Kept.LOCKED, 1));
      }
      writer.rollback();
    }
  }

  @Test
  void a_page_with_a_too_large_aggregate_is_not_taken_as_a_whole() throws Exception {
    close();
    scene.hot.run(
        "INSERT INTO medication_administrations VALUES (gen_random_uuid(), %s)".formatted(FIFTEEN));
    open(scene.settings().aggregateRows(4).make());

    try (HotPage page = hot.begin(ORDERS)) {
      assertThat(page.lockWhole(TEN)).isNull();
    }
    try (HotPage page = hot.begin(ORDERS)) {
      assertThat(page.lock(TEN).page().keptCounts()).containsOnly(Map.entry(Kept.TOO_LARGE, 1));
    }
  }

  @Test
  void a_word_of_the_policy_that_has_come_to_mean_something_else_is_noticed() throws Exception {
    try (HotPage page = hot.begin(ORDERS)) {
      assertThat(page.lockWhole(TEN)).isNotNull();
    }

    scene.hot.run("ALTER TYPE orderstatus RENAME VALUE 'completed' TO 'on_hold'");

    try (HotPage page = hot.begin(ORDERS)) {
      assertThatThrownBy(() -> page.lockWhole(TEN)).isInstanceOf(TableHeldException.class);
    }
  }

  @Test
  void a_key_and_an_age_that_are_wider_by_now_are_read_as_such() throws Exception {
    try (HotPage page = hot.begin(ORDERS)) {
      assertThat(page.lockWhole(new PageRequest.Next(cursor("2000-01-01"), 10))).isNotNull();
    }

    scene.hot.run("ALTER TABLE medication_orders ALTER created_at TYPE timestamptz");

    try (HotPage page = hot.begin(ORDERS)) {
      assertThat(page.lockWhole(new PageRequest.Next(cursor("2000-01-01 00:00+01"), 10)))
          .isNotNull();
    }
  }

  private static ColdCursor cursor(String age) {
    return new ColdCursor(age, List.of(Valmed.order(1)));
  }

  @Test
  void a_page_does_not_pass_what_was_purged_before_it_and_is_not_vacuumed_yet() throws Exception {
    Valmed.loadCold(scene.hot, 20, 20_000);
    String behind =
        scene
            .hot
            .list("SELECT created_at FROM medication_orders WHERE id = '" + Valmed.order(21) + "'")
            .get(0);
    scene.hot.run(
        """
        ALTER TABLE medication_orders SET (autovacuum_enabled = off);
        DROP INDEX medication_orders_created_at_idx;
        CREATE INDEX ages ON medication_orders (created_at, id);
        ANALYZE medication_orders;
        DELETE FROM medication_administrations WHERE order_id IN (SELECT id FROM medication_orders WHERE created_at <= '%1$s');
        DELETE FROM medication_orders WHERE created_at <= '%1$s'
        """
            .formatted(behind));
    PageRequest.Next next =
        new PageRequest.Next(new ColdCursor(behind, List.of(Valmed.order(21))), 10);
    try (HotPage page = hot.begin(ORDERS)) {
      assertThat(page.lockWhole(next)).isNotNull();
    }

    try (HotPage page = hot.begin(ORDERS)) {
      long before = blocksOfAges();
      assertThat(page.lockWhole(next)).isNotNull();
      assertThat(blocksOfAges() - before).isBetween(1L, 30L);
    }
  }

  private long blocksOfAges() throws SQLException {
    return Long.parseLong(
        DigestSession.ask(
            hot.connection(), "SELECT pg_stat_get_xact_blocks_fetched('public.ages'::regclass)"));
  }

  @Test
  void an_equal_page_stands_in_the_journal_row_by_row() throws Exception {
    long intent = intend();

    assertThat(
            scene.archive.list("SELECT id || ' ' || aggregates || ' ' || rows FROM arc.purge_page"))
        .containsExactly(intent + " 10 40");
    assertThat(scene.archive.count("arc.purge_row WHERE page = " + intent)).isEqualTo(40);
    assertThat(
            scene.archive.count(
                """
                arc.purge_row r JOIN medication_orders o ON r.key = ARRAY[o.id::text]
                  AND r.digest = sha256(array_send(ARRAY[concat(o.id), o.patient_name, concat(o.dosage), o.note, o.status, concat(o.created_at)]))
                """))
        .isEqualTo(10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE medication_orders SET note = 'x' || coalesce(note, '') WHERE id = %s",
        "DELETE FROM medication_orders WHERE id = %s",
        "UPDATE medication_administrations SET administration_time = administration_time + interval '1 us' WHERE order_id = %s",
        "DELETE FROM medication_administrations WHERE order_id = %s",
        "UPDATE medication_orders SET id = gen_random_uuid() WHERE id = %s"
      })
  void a_page_with_one_row_that_differs_leaves_nothing_in_the_journal(String fault)
      throws Exception {
    scene.archive.run(fault.formatted(FIFTEEN));

    assertThat(intend()).isEqualTo(WholeProof.NOT_EQUAL);

    assertThat(scene.archive.count("arc.purge_page")).isZero();
    assertThat(scene.archive.count("arc.purge_row")).isZero();
  }

  @Test
  void a_row_that_the_mirror_has_twice_does_not_stand_for_one_that_it_has_not() throws Exception {
    scene.archive.run(
        """
        ALTER TABLE medication_orders DROP CONSTRAINT medication_orders_pkey;
        CREATE INDEX ON medication_orders (id);
        DELETE FROM medication_orders WHERE id = %s;
        INSERT INTO medication_orders SELECT * FROM medication_orders WHERE id = '%s'
        """
            .formatted(FIFTEEN, Valmed.order(14)));

    assertThat(intend()).isEqualTo(WholeProof.NOT_EQUAL);
  }

  private long intend() throws Exception {
    try (HotPage page = hot.begin(ORDERS)) {
      for (TableShape shape : page.shapes()) {
        mirror.check(shape);
      }
      @Nullable WholePage whole = page.lockWhole(TEN);
      return proof.intend(ORDERS.table(), Objects.requireNonNull(whole), () -> {});
    }
  }

  @Test
  void of_many_pages_one_row_that_differs_keeps_its_aggregate_and_all_others_go() throws Exception {
    close();
    Valmed.loadCold(scene.hot, 20, 400);
    scene.mirrored();
    scene.archive.run(
        "UPDATE medication_administrations SET administration_time = now() WHERE id = (SELECT min(id::text)::uuid FROM medication_administrations WHERE order_id = %s)"
            .formatted(FIFTEEN));
    scene.settings().pageAggregates(20);
    AtomicInteger intents = new AtomicInteger();

    try (PurgeService service =
        PurgeService.start(
            scene.settings().make(),
            new PurgeOptions(true),
            stage -> intents.addAndGet(stage == Stage.INTENDED ? 1 : 0))) {
      PurgeScene.await(() -> PurgeScene.kept(service.counts(), Kept.DIFFERS_FOR_NOW) == 1);
      scene.caughtUp();
      PurgeScene.await(() -> service.state().ended());

      assertThat(PurgeScene.kept(service.counts(), Kept.DIFFERS)).isEqualTo(1);
      assertThat(service.counts().total()).isEqualTo(399 * 4);
    }
    assertThat(scene.hot.list("SELECT id FROM medication_orders"))
        .containsExactly(Valmed.order(15));
    assertThat(scene.hot.count("medication_administrations")).isEqualTo(3);
    assertThat(
            scene.archive.list(
                "SELECT count(*) || ' ' || count(DISTINCT (table_name, key)) FROM arc.purge_row"))
        .containsExactly("1596 1596");
    assertThat(intents.get()).isGreaterThanOrEqualTo(20);
  }
}
