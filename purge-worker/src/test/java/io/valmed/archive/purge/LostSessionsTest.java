package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.lane.Stage;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A worker whose sessions are cut anywhere goes on by itself; each row goes once. */
class LostSessionsTest {
  private static PurgeScene scene;

  @BeforeAll
  static void valmed() throws Exception {
    scene = PurgeScene.valmed();
    scene.settings().pageAggregates(10);
  }

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene.archive.run("TRUNCATE arc.purge_page, arc.purge_row");
    scene.hot.run("TRUNCATE medication_orders, medication_administrations");
    Valmed.loadCold(scene.hot, 60);
    scene.mirrored();
  }

  @ParameterizedTest
  @EnumSource
  void sessions_cut_at_any_stage_lose_nothing_and_purge_nothing_twice(Stage stage)
      throws Exception {
    AtomicInteger pages = new AtomicInteger();

    scene.purge(
        scene.settings().make(),
        reached -> {
          int page = reached == stage ? pages.incrementAndGet() : 0;
          if (page == 2) {
            scene.hot.cutSessions();
          } else if (page == 4) {
            scene.archive.cutSessions();
          }
        });

    everythingWentOnce();
    assertThat(pages.get()).isGreaterThan(4);
  }

  @ParameterizedTest
  @EnumSource(
      value = Stage.class,
      names = {"INTENDED", "COMMITTED", "SETTLED"})
  void a_lost_answer_to_a_commit_is_found_out_and_counted_once(Stage answer) throws Exception {
    AtomicInteger pages = new AtomicInteger();

    PurgeCounts counts =
        scene.purge(
            scene.settings().make(),
            reached -> {
              if (reached == answer && pages.incrementAndGet() == 2) {
                throw new SQLException("the answer was lost", "08006");
              }
            });

    everythingWentOnce();
    if (answer != Stage.SETTLED) {
      assertThat(counts.rows())
          .containsEntry(Valmed.ORDERS, 60L)
          .containsEntry(Valmed.ADMINISTRATIONS, 180L);
    }
  }

  @Test
  void a_transaction_number_that_a_crash_gave_to_another_does_not_settle_a_page() throws Exception {
    String others = scene.hot.list("SELECT pg_current_xact_id()::text").get(0);
    scene.archive.run(openPage(others, "0/1"));

    scene.purge();

    assertThat(scene.archive.list("SELECT outcome FROM arc.purge_page WHERE hot_xid = " + others))
        .containsExactly("intended");
    assertThat(scene.hot.count("medication_orders")).isZero();
  }

  @Test
  void a_page_that_its_origin_has_not_reached_is_settled_as_rolled_back() throws Exception {
    scene.purge();
    String others = scene.hot.list("SELECT pg_current_xact_id()::text").get(0);
    scene.archive.run(openPage(others, "FFFFFFFF/0"));

    scene.purge();

    assertThat(scene.archive.list("SELECT outcome FROM arc.purge_page WHERE hot_xid = " + others))
        .containsExactly("rolled-back");
  }

  @Test
  void a_page_of_a_transaction_that_hot_has_not_begun_yet_holds_up_nothing() throws Exception {
    scene.archive.run(openPage("99999999999", "0/1"));

    scene.purge();

    assertThat(scene.hot.count("medication_orders")).isZero();
  }

  private String openPage(String xid, String lsn) throws SQLException {
    String server =
        scene
            .hot
            .list(
                "SELECT system_identifier || '/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) FROM pg_control_system()")
            .get(0);
    return """
        INSERT INTO arc.purge_page (worker, root_table, hot_system_id, hot_xid, hot_lsn, aggregates, rows, prefix)
        VALUES ('%s', 'public.medication_orders', '%s', %s, '%s', 1, 1, 'test')
        """
        .formatted(scene.hot.name(), server, xid, lsn);
  }

  private void everythingWentOnce() throws SQLException {
    assertThat(scene.hot.count("medication_orders")).isZero();
    assertThat(scene.hot.count("medication_administrations")).isZero();
    assertThat(scene.archive.count("arc.purge_page WHERE outcome = 'intended'")).isZero();
    String journal =
        "arc.purge_row r JOIN arc.purge_page p ON p.id = r.page WHERE p.outcome = 'committed'";
    assertThat(scene.archive.count(journal)).isEqualTo(240);
    assertThat(scene.archive.list("SELECT count(DISTINCT (r.table_name, r.key)) FROM " + journal))
        .containsExactly("240");
  }
}
