package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.purge.lane.Stage;
import io.valmed.archive.purge.page.Kept;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What other sessions do at any moment of a page never makes it delete what it has not proven. */
class WritersBesideThePurgeTest {
  private PurgeScene scene;

  @BeforeEach
  void coldOrdersThatAreArchived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.mirrored();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE medication_orders SET note = 'in flight' WHERE id = '%s'",
        "UPDATE medication_orders SET status = 'active' WHERE id = '%s'",
        "UPDATE medication_administrations SET nurse = 'in flight' WHERE order_id = '%s'",
        "DELETE FROM medication_administrations WHERE order_id = '%s'",
        "INSERT INTO medication_administrations VALUES (gen_random_uuid(), '%s')"
      })
  void an_aggregate_with_a_change_in_flight_is_stepped_over(String change) throws Exception {
    try (Connection writer = scene.hot.connect();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.execute(
          change
              .replace("nurse = 'in flight'", "administration_time = now()")
              .formatted(Valmed.order(5)));

      scene.purgeUntil(counts -> PurgeScene.kept(counts, Kept.LOCKED) == 1);
      writer.commit();
    }

    assertThat(scene.hot.list("SELECT id FROM medication_orders")).containsExactly(Valmed.order(5));
    scene.purgeUntil(
        counts ->
            PurgeScene.kept(counts, Kept.DIFFERS_FOR_NOW)
                        + PurgeScene.kept(counts, Kept.NOT_ARCHIVED_YET)
                    == 1
                || change.contains("active")
                || (change.contains("DELETE") && counts.total() == 1));
    assertThat(scene.hot.count("medication_orders")).isEqualTo(change.contains("DELETE") ? 0 : 1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Stage.class,
      names = {"LOCKED", "PROVEN", "INTENDED", "DELETING", "DELETED"})
  void a_child_that_comes_after_the_lock_fails_and_is_never_lost(Stage moment) throws Exception {
    AtomicReference<@Nullable CompletableFuture<Void>> late = new AtomicReference<>();

    scene.purge(
        scene.settings().make(),
        stage -> {
          if (stage == moment && late.get() == null) {
            late.set(CompletableFuture.runAsync(() -> insertChild(Valmed.order(5))));
            // It must be waiting for the root before the page goes on.
            PurgeScene.await(
                () -> scene.hot.count("pg_stat_activity WHERE wait_event_type = 'Lock'") > 0);
          }
        });

    assertThatThrownBy(() -> Objects.requireNonNull(late.get()).join())
        .isInstanceOf(CompletionException.class)
        .hasRootCauseInstanceOf(SQLException.class)
        .hasMessageContaining("foreign key");
    assertThat(scene.hot.count("medication_orders")).isZero();
  }

  private void insertChild(String order) {
    try {
      scene.hot.run(
          "INSERT INTO medication_administrations VALUES (gen_random_uuid(), '%s')"
              .formatted(order));
    } catch (SQLException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  void a_row_that_escapes_referential_checks_is_not_deleted_by_a_cascade() throws Exception {
    scene.hot.run(
        """
        ALTER TABLE medication_administrations DROP CONSTRAINT medication_administrations_order_id_fkey;
        ALTER TABLE medication_administrations ADD FOREIGN KEY (order_id) REFERENCES medication_orders ON DELETE CASCADE
        """);

    String why =
        scene.purgeFails(
            scene.settings().make(),
            stage -> {
              if (stage == Stage.DELETING) {
                scene.hot.run(
                    "SET session_replication_role = replica; INSERT INTO medication_administrations VALUES (gen_random_uuid(), '%s')"
                        .formatted(Valmed.order(5)));
              }
            });

    assertThat(why).contains("public.medication_administrations", "rolled back");
    assertThat(scene.hot.count("medication_orders")).isEqualTo(20);
    assertThat(scene.hot.count("medication_administrations")).isEqualTo(61);
    assertThat(scene.archive.list("SELECT outcome FROM arc.purge_page"))
        .containsExactly("rolled-back");
  }
}
