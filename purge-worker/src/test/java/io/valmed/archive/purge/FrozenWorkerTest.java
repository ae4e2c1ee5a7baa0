package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.lane.Stage;
import io.valmed.archive.runtime.LoopState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A worker that sleeps keeps nobody waiting for long, and does no harm when it wakes. */
class FrozenWorkerTest {
  private PurgeScene scene;

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.mirrored();
    scene.settings().transactionTimeout(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @EnumSource(
      value = Stage.class,
      names = {"PROVEN", "INTENDED", "DELETING", "DELETED"})
  void another_worker_purges_what_a_frozen_one_had_locked_and_waking_it_deletes_nothing(Stage where)
      throws Exception {
    scene.hot.run("SELECT pg_replication_origin_create('%s')".formatted(scene.origin("_2")));
    CountDownLatch woken = new CountDownLatch(1);
    AtomicBoolean frozen = new AtomicBoolean();
    try (PurgeService sleeper =
        PurgeService.start(
            scene.settings().make(), new PurgeOptions(true), freezing(where, frozen, woken))) {
      PurgeScene.await(frozen::get);

      PurgeCounts second = scene.purge(scene.settings().makeFor("_2"), Stage.Listener.NONE);
      assertThat(second.total()).isEqualTo(80);
      woken.countDown();
      PurgeScene.await(() -> sleeper.state().ended());

      assertThat(sleeper.state()).isInstanceOf(LoopState.Done.class);
      assertThat(sleeper.counts().total()).isZero();
    } finally {
      woken.countDown();
    }
    assertThat(
            scene.archive.list(
                "SELECT DISTINCT outcome FROM arc.purge_page WHERE worker = '%s'"
                    .formatted(scene.name())))
        .isSubsetOf("rolled-back");
    assertThat(
            scene.archive.list("SELECT sum(rows) FROM arc.purge_page WHERE outcome = 'committed'"))
        .containsExactly("80");
  }

  @Test
  void a_second_worker_of_the_same_name_waits_until_the_first_has_ended() throws Exception {
    scene.settings().transactionTimeout(Duration.ofSeconds(30));
    CountDownLatch woken = new CountDownLatch(1);
    AtomicBoolean frozen = new AtomicBoolean();
    try (PurgeService first =
        PurgeService.start(
            scene.settings().make(),
            new PurgeOptions(true),
            freezing(Stage.DELETED, frozen, woken))) {
      PurgeScene.await(frozen::get);
      PurgeService second = PurgeService.start(scene.settings().make(), new PurgeOptions(true));
      try (second) {
        PurgeScene.await(() -> second.state() instanceof LoopState.Waiting);
        assertThat(scene.hot.count("medication_orders")).isEqualTo(20);

        woken.countDown();
        PurgeScene.await(() -> first.state().ended());
        PurgeScene.await(() -> second.state().ended());
      }
      assertThat(first.counts().total()).isEqualTo(80);
      assertThat(second.counts().total()).isZero();
    } finally {
      woken.countDown();
    }
    assertThat(scene.archive.list("SELECT DISTINCT outcome FROM arc.purge_page"))
        .containsExactly("committed");
  }

  private static Stage.Listener freezing(Stage where, AtomicBoolean frozen, CountDownLatch woken) {
    return stage -> {
      if (stage == where && !frozen.getAndSet(true)) {
        try {
          woken.await();
        } catch (InterruptedException e) {
          throw new SQLException(e);
        }
      }
    };
  }
}
