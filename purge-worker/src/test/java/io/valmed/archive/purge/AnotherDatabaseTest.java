package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.databases.compare.VerificationOptions;
import io.valmed.archive.operations.verify.Verification;
import io.valmed.archive.purge.lane.Stage;
import io.valmed.archive.runtime.StopException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing is purged between databases that are not of one installation. */
class AnotherDatabaseTest {
  private PurgeScene scene;

  @BeforeEach
  void cold_orders_that_are_archived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 3);
    scene.mirrored();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hot     | arc.installation SET database_oid = 1                | belongs to hot",
        "hot     | arc.installation SET system_identifier = '1'         | belongs to hot",
        "hot     | arc.installation SET slot = 'another'                | has slot another",
        "hot     | arc.installation SET prefix = 'another'              | does not know installation",
        "hot     | arc.installation SET archive = gen_random_uuid()     | is archived in archive",
        "archive | arc.installation SET installation = gen_random_uuid() | under another identity",
        "archive | arc.installation SET prefix = 'another'              | does not know installation",
        "archive | arc.archive_identity SET database_oid = 1            | leads to a copy of it",
        "archive | arc.archive_identity SET archive = gen_random_uuid() | does not know installation",
      })
  void nothing_is_purged_where_another_database_stands(
      String database, String change, String sentence) throws Exception {
    TestDatabase changed = database.equals("hot") ? scene.hot : scene.archive;
    changed.run("UPDATE " + change);

    assertThat(scene.purgeFails(scene.settings().make(), Stage.Listener.NONE)).contains(sentence);

    assertThatThrownBy(() -> Verification.run(scene.settings().make(), VerificationOptions.DEFAULT))
        .isInstanceOf(StopException.class)
        .hasMessageContaining(sentence);
    assertThat(scene.archive.count("arc.verification")).isZero();
    assertThat(scene.hot.count("medication_orders")).isEqualTo(3);
    assertThat(scene.archive.count("arc.purge_page")).isZero();
    assertThat(scene.hot.count("arc.purge_hold")).isZero();
  }

  @Test
  void nothing_is_purged_by_a_mirror_that_another_installation_fills() throws Exception {
    scene.archive.run(
        "INSERT INTO arc.table_claim (schema_name, table_name, prefix) VALUES ('public', 'medication_orders', 'another') ON CONFLICT (schema_name, table_name) DO UPDATE SET prefix = 'another'");

    assertThat(scene.purgeFails(scene.settings().make(), Stage.Listener.NONE))
        .contains("belongs to the installation \"another\"");

    assertThat(scene.hot.count("medication_orders")).isEqualTo(3);
  }

  @Test
  void a_hold_and_an_epoch_of_another_installation_hold_nothing_here() throws Exception {
    scene.hot.run(
        "INSERT INTO arc.purge_hold (scope, reason, held_by, prefix) VALUES ('*', 'x', 'y', 'another')");
    scene.archive.run(
        "INSERT INTO arc.epoch (epoch, system_id, timeline, snapshot_complete, prefix) VALUES (99, '1', 1, false, 'another')");

    scene.purge();

    assertThat(scene.hot.count("medication_orders")).isZero();
  }

  @Test
  void a_hold_of_all_installations_holds_this_one() throws Exception {
    scene.hot.run("INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'x', 'y')");

    scene.purge();

    assertThat(scene.hot.count("medication_orders")).isEqualTo(3);
  }
}
