package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.databases.hold.PurgeHolds;
import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.lane.Stage;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is deleted while a hold is open, whoever set it and wherever. */
class HoldTest {
  private PurgeScene scene;
  private PurgeHolds holds;

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.hot.run("INSERT INTO drug_transfers VALUES (gen_random_uuid(), 1, '2020-01-01')");
    scene.mirrored();
    holds = new PurgeHolds(scene.settings().make());
  }

  @ParameterizedTest
  @ValueSource(strings = {"hot", "archive"})
  void a_hold_in_either_database_is_enough(String where) throws Exception {
    String sql = "INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'fault', 'me')";
    (where.equals("hot") ? scene.hot : scene.archive).run(sql);

    PurgeCounts counts = scene.purge();

    assertThat(counts.total()).isZero();
    assertThat(PurgeScene.heldBecause(counts, Valmed.ORDERS)).contains("fault", "me");
    assertThat(holds.open()).hasSize(1).first().extracting("database").isEqualTo(where);
  }

  @Test
  void a_hold_on_a_child_holds_its_root_and_no_other_table() throws Exception {
    holds.pause("public.medication_administrations", "audit", "me");

    PurgeCounts counts = scene.purge();

    assertThat(counts.rows()).containsEntry(Valmed.ORDERS, 0L).containsEntry(Valmed.TRANSFERS, 1L);
  }

  @ParameterizedTest
  @EnumSource(
      value = Stage.class,
      names = {"LOCKED", "PROVEN", "INTENDED"})
  void a_hold_in_the_middle_of_a_page_is_honoured_before_it_deletes(Stage moment) throws Exception {
    PurgeCounts counts =
        scene.purge(
            scene.settings().make(),
            stage -> {
              if (stage == moment && holds.open().isEmpty()) {
                holds.pause("*", "fault", "me");
              }
            });

    assertThat(counts.total()).isZero();
    assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
    assertThat(scene.archive.count("arc.purge_page WHERE outcome <> 'rolled-back'")).isZero();
  }

  @ParameterizedTest
  @CsvSource({"hot, DELETING", "hot, DELETED", "archive, DELETING", "archive, DELETED"})
  void a_hold_that_comes_later_waits_for_the_page_and_stops_the_next(String where, Stage moment)
      throws Exception {
    scene.settings().pageAggregates(5);
    TestDatabase database = where.equals("hot") ? scene.hot : scene.archive;
    AtomicReference<@Nullable CompletableFuture<Void>> hold = new AtomicReference<>();
    List<Stage> after = Collections.synchronizedList(new ArrayList<>());

    PurgeCounts counts =
        scene.purge(
            scene.settings().make(),
            stage -> {
              CompletableFuture<Void> setting = hold.get();
              if (setting != null && setting.isDone()) {
                after.add(stage);
              } else if (stage == moment && setting == null) {
                hold.set(CompletableFuture.runAsync(() -> hold(database)));
                PurgeScene.await(
                    () -> database.count("pg_stat_activity WHERE wait_event_type = 'Lock'") > 0);
              }
            });

    Objects.requireNonNull(hold.get()).join();
    assertThat(counts.rows()).containsEntry(Valmed.ORDERS, 5L);
    assertThat(after).doesNotContain(Stage.DELETING);
  }

  @Test
  void a_hold_wins_even_if_the_worker_has_lost_the_archive_meanwhile() throws Exception {
    AtomicBoolean lost = new AtomicBoolean();

    PurgeCounts counts =
        scene.purge(
            scene.settings().make(),
            stage -> {
              if (stage == Stage.DELETED && !lost.getAndSet(true)) {
                scene.archive.cutSessions();
                hold(scene.archive);
              }
            });

    assertThat(counts.total()).isZero();
    assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
    assertThat(scene.archive.list("SELECT DISTINCT outcome FROM arc.purge_page"))
        .containsExactly("rolled-back");
  }

  private static void hold(TestDatabase database) {
    try {
      database.run("INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'x', 'me')");
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  void only_holds_that_were_shown_are_released() throws Exception {
    holds.pause("*", "seen", "me");
    List<PurgeHolds.Hold> shown = holds.open();
    holds.pause("*", "set while somebody compared", "you");

    assertThat(holds.release(shown, "me")).isEqualTo(2);

    assertThat(holds.open())
        .extracting(PurgeHolds.Hold::reason)
        .containsOnly("set while somebody compared")
        .hasSize(2);
    assertThat(holds.release(shown, "me")).isZero();
  }

  @Test
  void resume_lets_a_running_worker_go_on_within_seconds() throws Exception {
    holds.pause("*", "fault", "me");
    try (PurgeService service =
        PurgeService.start(scene.settings().make(), new PurgeOptions(false))) {
      PurgeScene.await(() -> !PurgeScene.heldBecause(service.counts(), Valmed.ORDERS).isEmpty());
      assertThat(service.counts().total()).isZero();

      assertThat(holds.release(holds.open(), "you")).isEqualTo(2);

      PurgeScene.await(() -> service.counts().total() == 81);
    }
    assertThat(holds.open()).isEmpty();
  }
}
