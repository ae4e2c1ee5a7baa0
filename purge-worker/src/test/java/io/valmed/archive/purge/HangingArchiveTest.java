package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.purge.lane.Stage;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An archive that does not answer keeps no writer of hot waiting. */
class HangingArchiveTest {
  private static final String WRITE =
      "SET lock_timeout = '60s'; UPDATE medication_orders SET status = status";
  private PurgeScene scene;

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.mirrored();
    scene
        .settings()
        .transactionTimeout(Duration.ofMinutes(10))
        .archiveTimeout(Duration.ofSeconds(1));
  }

  @Test
  void while_a_lock_in_the_archive_is_waited_for_hots_rows_are_given_back() throws Exception {
    AtomicBoolean hangs = new AtomicBoolean();
    try (TestSession blocker = scene.archive.session();
        PurgeService service =
            PurgeService.start(
                scene.settings().make(),
                new PurgeOptions(false),
                once(hangs, () -> blocker.run("BEGIN; LOCK TABLE medication_orders")))) {
      PurgeScene.await(hangs::get);

      scene.hot.run(WRITE);

      assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
      blocker.run("ROLLBACK");
      PurgeScene.await(() -> scene.hot.count("medication_orders") == 0);
      assertThat(service.state().ended()).isFalse();
    }
  }

  @Test
  void while_the_archives_processes_are_frozen_hots_rows_are_given_back() throws Exception {
    AtomicBoolean hangs = new AtomicBoolean();
    List<String> frozen = new ArrayList<>();
    try (PurgeService service =
        PurgeService.start(
            scene.settings().make(),
            new PurgeOptions(false),
            once(
                hangs,
                () -> {
                  frozen.addAll(
                      scene.archive.list(
                          "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'archive purge%'"));
                  signal("-STOP", frozen);
                }))) {
      PurgeScene.await(hangs::get);

      scene.hot.run(WRITE);

      assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
      signal("-CONT", frozen);
      PurgeScene.await(() -> scene.hot.count("medication_orders") == 0);
      assertThat(service.state().ended()).isFalse();
    } finally {
      signal("-CONT", frozen);
    }
  }

  private interface Deed {
    void run() throws SQLException;
  }

  /** Does it when the first page is locked. */
  private static Stage.Listener once(AtomicBoolean done, Deed deed) {
    return stage -> {
      if (stage == Stage.LOCKED && !done.get()) {
        deed.run();
        done.set(true);
      }
    };
  }

  private static void signal(String signal, List<String> pids) throws SQLException {
    List<String> command = new ArrayList<>(List.of("kill", signal));
    command.addAll(pids);
    try {
      if (!pids.isEmpty()) {
        // One that has ended meanwhile is not to be told to go on.
        int code = new ProcessBuilder(command).start().waitFor();
        assertThat(signal.equals("-STOP") && code != 0).isFalse();
      }
    } catch (IOException | InterruptedException e) {
      throw new SQLException(e);
    }
  }
}
