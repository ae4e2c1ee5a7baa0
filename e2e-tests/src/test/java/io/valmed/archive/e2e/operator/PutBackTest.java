package io.valmed.archive.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.e2e.operator.StoreCopies.Store;
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server's data put back to an older state, and then nothing but the product's sentences. */
class PutBackTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static LocalStack stack;

  @BeforeAll
  static void start() {
    assumeThat(System.getProperty("stack", "local")).isEqualTo("local");
    stack = LocalStack.start(StackOptions.temporary());
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  void a_log_that_lost_its_end_costs_no_departure_and_files_no_row_of_hot_as_unseen()
      throws Exception {
    try (Scene scene = Scene.of(Machines.shared(stack), new OneProcess(), new OperatorWorld(), 1)) {
      hot(scene, "INSERT INTO things (stamp) SELECT i FROM generate_series(1, 300) i");
      hot(scene, "INSERT INTO moves (stamp, at) SELECT i, now() FROM generate_series(1, 300) i");
      caughtUp(scene);
      scene.stopServices();
      scene.copies().take(Store.KAFKA);
      hot(scene, "UPDATE things SET n = n + 1");
      hot(scene, "INSERT INTO things (stamp) SELECT i FROM generate_series(301, 900) i");
      hot(scene, "DELETE FROM moves WHERE id <= 50");
      caughtUp(scene);
      scene.stopServices();

      scene.copies().putBack(Store.KAFKA);

      // In hot's WAL alone when capture looks at what Kafka has.
      hot(scene, "DELETE FROM moves WHERE id BETWEEN 51 AND 60");
      scene.startServices();
      Person.Outcome outcome = new Person(scene).settle();
      assertThat(outcome.noWayOut()).isEmpty();
      assertThat(outcome.commands()).contains("capture --new-epoch");
      assertThat(outcome.held()).isEmpty();
      assertThat(outcome.clean()).isTrue();
      assertThat(archive(scene, "SELECT count(*) FROM things WHERE n = 4")).isEqualTo(300);
      assertThat(archive(scene, "SELECT count(*) FROM things")).isEqualTo(900);
      assertThat(archive(scene, "SELECT count(*) FROM public_cold.things")).isZero();
      assertThat(
              archive(
                  scene,
                  "SELECT count(*) FROM public_cold.moves WHERE id <= 50 AND arc_cause = 'deleted'"))
          .isEqualTo(50);
      assertThat(archive(scene, "SELECT count(DISTINCT id) FROM public_cold.moves")).isEqualTo(60);
    }
  }

  @Test
  void the_rows_of_a_hot_database_that_was_put_back_stay_in_the_archive_under_keys_used_again()
      throws Exception {
    try (Scene scene = Scene.of(Machines.shared(stack), new OneProcess(), new OperatorWorld(), 2)) {
      hot(scene, "INSERT INTO things (stamp) SELECT i FROM generate_series(1, 30) i");
      hot(scene, "INSERT INTO moves (stamp, at) SELECT i, now() FROM generate_series(1, 30) i");
      caughtUp(scene);
      scene.stopServices();
      scene.copies().take(Store.HOT);
      hot(scene, "INSERT INTO things (stamp) VALUES (100)");
      hot(scene, "INSERT INTO moves (stamp, at) VALUES (200, now() - interval '200 days')");
      caughtUp(scene);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          archive(
                              scene,
                              "SELECT count(*) FROM public_cold.moves WHERE id = 31 AND arc_cause = 'purged'"))
                      .isOne());
      scene.stopServices();

      scene.copies().putBack(Store.HOT);

      // Hot's identities give the keys of the lost rows to others.
      hot(scene, "INSERT INTO things (stamp) VALUES (101)");
      hot(scene, "INSERT INTO moves (stamp, at) VALUES (201, now())");
      scene.startServices();
      Person.Outcome outcome = new Person(scene).settle();
      assertThat(outcome.noWayOut()).isEmpty();
      assertThat(outcome.commands()).contains("capture --new-epoch");
      assertThat(outcome.held()).isEmpty();
      assertThat(outcome.clean()).isTrue();
      assertThat(archive(scene, "SELECT stamp FROM things WHERE id = 31")).isEqualTo(101);
      assertThat(
              archive(
                  scene,
                  "SELECT stamp FROM public_cold.things WHERE id = 31 AND arc_cause IN ('superseded', 'unseen')"))
          .isEqualTo(100);
      assertThat(archive(scene, "SELECT stamp FROM moves WHERE id = 31")).isEqualTo(201);
      assertThat(
              archive(
                  scene,
                  "SELECT stamp FROM public_cold.moves WHERE id = 31 AND arc_cause = 'purged'"))
          .isEqualTo(200);
    }
  }

  @Test
  void rows_that_were_purged_and_whose_departures_nobody_read_are_witnessed_all_the_same()
      throws Exception {
    try (Scene scene = Scene.of(Machines.shared(stack), new OneProcess(), new OperatorWorld(), 3)) {
      hot(scene, "INSERT INTO moves (stamp, at) SELECT i, now() FROM generate_series(1, 200) i");
      caughtUp(scene);
      scene.stopServices();
      scene.start("capture", List.of("capture"));
      scene.start("sink", List.of("sink"));
      hot(
          scene,
          "INSERT INTO moves (stamp, at) SELECT i, now() - interval '200 days' FROM generate_series(201, 210) i");
      assertThat(scene.caughtUp(PATIENCE)).as(scene.logs()).isTrue();
      scene.stopServices();
      scene.programs().succeed(scene.settings(), "purge", "--once");
      assertThat(inHot(scene, "SELECT count(*) FROM moves WHERE stamp > 200")).isZero();

      hot(
          scene,
          "SELECT pg_replication_slot_advance('%s', pg_current_wal_lsn())".formatted(scene.slot()));

      scene.startServices();
      Person.Outcome outcome = new Person(scene).settle();
      assertThat(outcome.noWayOut()).isEmpty();
      assertThat(outcome.held()).as(outcome.toString()).isEmpty();
      assertThat(outcome.clean()).as(outcome.verdict()).isTrue();
      assertThat(archive(scene, "SELECT count(*) FROM public_cold.moves WHERE stamp > 200"))
          .isEqualTo(10);
      assertThat(archive(scene, "SELECT count(*) FROM moves WHERE stamp > 200")).isZero();
    }
  }

  @Test
  void a_page_that_was_purged_after_the_backup_that_hot_was_put_back_to_is_settled()
      throws Exception {
    try (Scene scene = Scene.of(Machines.shared(stack), new OneProcess(), new OperatorWorld(), 4)) {
      hot(scene, "INSERT INTO moves (stamp, at) SELECT i, now() FROM generate_series(1, 200) i");
      caughtUp(scene);
      scene.stopServices();
      scene.start("capture", List.of("capture"));
      scene.start("sink", List.of("sink"));
      hot(
          scene,
          "INSERT INTO moves (stamp, at) SELECT i, now() - interval '200 days' FROM generate_series(201, 210) i");
      assertThat(scene.caughtUp(PATIENCE)).as(scene.logs()).isTrue();
      scene.stopServices();
      scene.copies().take(Store.HOT);
      scene.programs().succeed(scene.settings(), "purge", "--once");
      assertThat(inHot(scene, "SELECT count(*) FROM moves WHERE stamp > 200")).isZero();

      scene.copies().putBack(Store.HOT);

      assertThat(inHot(scene, "SELECT count(*) FROM moves WHERE stamp > 200")).isEqualTo(10);
      hot(scene, "UPDATE moves SET n = n + 1 WHERE stamp IN (205, 206)");
      hot(scene, "DELETE FROM moves WHERE stamp = 206");
      scene.startServices();
      Person.Outcome outcome = new Person(scene).settle();
      assertThat(outcome.noWayOut()).isEmpty();
      assertThat(outcome.held()).as(outcome.toString()).isEmpty();
      assertThat(outcome.clean()).as(outcome.verdict()).isTrue();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          archive(
                              scene, "SELECT count(*) FROM public_cold.moves WHERE stamp > 200"))
                      .isEqualTo(10));
    }
  }

  private static void caughtUp(Scene scene) {
    scene.startServices();
    assertThat(scene.caughtUp(PATIENCE)).as(scene.logs()).isTrue();
  }

  private static void hot(Scene scene, String sql) throws SQLException {
    scene.installation().inHot(sql);
  }

  private static long inHot(Scene scene, String sql) throws SQLException {
    return scene.installation().countInHot(sql);
  }

  private static long archive(Scene scene, String sql) throws SQLException {
    return scene.installation().countInArchive(sql);
  }
}
