package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.valmed.archive.databases.compare.VerificationOptions;
import io.valmed.archive.databases.witness.OpenPages;
import io.valmed.archive.databases.witness.WitnessCheck;
import io.valmed.archive.operations.verify.Verification;
import io.valmed.archive.operations.verify.VerificationResult;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every purged row must have come back through the WAL as what was proven. */
class WitnessTest {
  private PurgeScene scene;

  @BeforeEach
  void purged() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.mirrored();
    scene.purge();
    departAsTheSinkDoes("medication_orders", "id, patient_name, dosage, note, status, created_at");
    departAsTheSinkDoes("medication_administrations", "id, order_id, administration_time");
  }

  private void departAsTheSinkDoes(String table, String columns) throws Exception {
    scene.archive.run(
        """
        INSERT INTO public_cold.%1$s (%2$s, arc_version, arc_epoch, arc_lsn, arc_txid, arc_cause, arc_age)
        SELECT %2$s, 1, 1, '0/2', (
            SELECT p.hot_xid & 4294967295 FROM arc.purge_row r JOIN arc.purge_page p ON p.id = r.page WHERE r.key = ARRAY[m.id::text]),
          'purged', '-infinity'
        FROM public.%1$s m
        """
            .formatted(table, columns));
  }

  @Test
  void departures_of_the_same_transaction_and_content_are_witnesses() throws Exception {
    assertThat(WitnessCheck.read(scene.settings().make(), 10))
        .extracting(WitnessCheck::table, WitnessCheck::purged, WitnessCheck::witnessed)
        .containsExactly(tuple(Valmed.ADMINISTRATIONS, 60L, 60L), tuple(Valmed.ORDERS, 20L, 20L));
  }

  @Test
  void a_cold_store_that_cannot_be_read_is_told_and_the_others_are_compared() throws Exception {
    scene.archive.run("ALTER TABLE public_cold.medication_administrations RENAME TO away");

    assertThat(WitnessCheck.read(scene.settings().make(), 10))
        .anySatisfy(
            check -> {
              assertThat(check.table()).isEqualTo(Valmed.ADMINISTRATIONS);
              assertThat(check.clean()).isFalse();
              assertThat(check.problem()).contains("cannot be read");
            })
        .anySatisfy(
            check -> {
              assertThat(check.table()).isEqualTo(Valmed.ORDERS);
              assertThat(check.witnessed()).isEqualTo(20);
              assertThat(check.clean()).isTrue();
            });
  }

  @Test
  void a_page_that_hot_knows_nothing_of_is_settled_by_its_witnesses_alone() throws Exception {
    scene.archive.run(
        "UPDATE arc.purge_page SET outcome = 'intended', hot_system_id = 'another', intended_at = now() - interval '1 hour'");
    String departure = "public_cold.medication_orders WHERE id = '" + Valmed.order(1) + "'";
    scene.archive.run(
        "CREATE TABLE aside AS SELECT * FROM %1$s; DELETE FROM %1$s".formatted(departure));

    scene.purge();
    assertThat(scene.archive.list("SELECT outcome FROM arc.purge_page"))
        .containsExactly("intended");
    assertThat(OpenPages.read(scene.settings().make()))
        .extracting(OpenPages.Page::root, OpenPages.Page::rows)
        .containsExactly(tuple("public.medication_orders", 80));

    scene.archive.run("INSERT INTO public_cold.medication_orders SELECT * FROM aside");
    scene.purge();
    assertThat(scene.archive.list("SELECT outcome FROM arc.purge_page"))
        .containsExactly("committed");
    assertThat(OpenPages.read(scene.settings().make())).isEmpty();
  }

  @Test
  void another_transaction_other_content_or_no_departure_is_none() throws Exception {
    scene.archive.run(
        """
        UPDATE public_cold.medication_orders SET dosage = 99 WHERE id = '%s';
        UPDATE public_cold.medication_orders SET arc_txid = 1 WHERE id = '%s';
        UPDATE public_cold.medication_orders SET arc_cause = 'deleted' WHERE id = '%s';
        DELETE FROM public_cold.medication_orders WHERE id = '%s'
        """
            .formatted(Valmed.order(1), Valmed.order(2), Valmed.order(3), Valmed.order(4)));

    WitnessCheck orders = WitnessCheck.read(scene.settings().make(), 3).get(1);

    assertThat(orders.witnessed()).isEqualTo(16);
    assertThat(orders.unwitnessed()).hasSize(3);
  }

  @Test
  void verify_tells_of_rows_without_a_witness_and_of_departures_without_a_page() throws Exception {
    scene.archive.run(
        """
        UPDATE public_cold.medication_orders SET arc_cause = 'unseen', arc_txid = NULL WHERE id = '%s';
        DELETE FROM public_cold.medication_orders WHERE id = '%s'
        """
            .formatted(Valmed.order(1), Valmed.order(2)));
    VerificationResult unwitnessed = verify();
    scene.archive.run("DELETE FROM arc.purge_page");
    VerificationResult unjournaled = verify();

    assertThat(unwitnessed.witnessed()).isFalse();
    assertThat(unwitnessed.clean()).isFalse();
    assertThat(unwitnessed.witnesses().get(1))
        .extracting(WitnessCheck::witnessed, WitnessCheck::otherwise, WitnessCheck::missing)
        .containsExactly(18L, 1L, 1L);
    assertThat(unwitnessed.toJson()).contains("\"otherwise\":1,\"unwitnessed\":1,");
    assertThat(unjournaled.witnesses())
        .extracting(WitnessCheck::table, WitnessCheck::unjournaled)
        .containsExactly(tuple(Valmed.ADMINISTRATIONS, 60L), tuple(Valmed.ORDERS, 18L));
    assertThat(unjournaled.clean()).isFalse();
  }

  @Test
  void a_row_filed_with_a_column_that_hot_had_dropped_before_the_page_is_a_witness()
      throws Exception {
    scene.archive.run(
        """
        INSERT INTO arc.table_version (schema_name, table_name, version, columns)
          SELECT schema_name, table_name, 2, jsonb_build_array('{"name": "gone"}'::jsonb) || columns
          FROM arc.table_version WHERE table_name = 'medication_orders';
        ALTER TABLE public_cold.medication_orders ADD gone text;
        UPDATE public_cold.medication_orders
          SET arc_cause = 'unseen', arc_txid = NULL, arc_version = 2, gone = 'kept' WHERE id IN ('%1$s', '%2$s');
        UPDATE public_cold.medication_orders SET dosage = dosage + 1 WHERE id = '%2$s'
        """
            .formatted(Valmed.order(1), Valmed.order(2)));

    WitnessCheck orders = WitnessCheck.read(scene.settings().make(), 10).get(1);

    assertThat(orders)
        .extracting(WitnessCheck::witnessed, WitnessCheck::otherwise, WitnessCheck::missing)
        .containsExactly(18L, 1L, 1L);
  }

  private VerificationResult verify() throws Exception {
    return Verification.run(
        scene.settings().make(), new VerificationOptions(Duration.ofMillis(200), 1, 10));
  }
}
