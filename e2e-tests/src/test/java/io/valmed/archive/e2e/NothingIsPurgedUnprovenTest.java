package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Journal;
import io.valmed.archive.e2e.support.Pipeline;
import io.valmed.archive.e2e.support.ValMedWorld;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Each order here is settled and cold; each is named for what is wrong with its archived copy. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.MethodName.class)
class NothingIsPurgedUnprovenTest {
  private static final String ORDER =
      "INSERT INTO medication_orders SELECT md5('%1$s')::uuid, '%1$s', (SELECT id FROM drugs LIMIT 1), 1, 'x', 'completed',"
          + " (SELECT id FROM users LIMIT 1), now() - interval '200 days'";
  private static final String ADMINISTRATION =
      "INSERT INTO medication_administrations SELECT md5('%1$s/%2$s')::uuid, md5('%1$s')::uuid, (SELECT id FROM users LIMIT 1),"
          + " now() - interval '199 days'";

  private Installation installation;
  private Pipeline pipeline;

  @BeforeAll
  void orders_with_two_administrations_each_are_archived() throws Exception {
    installation = Installation.of(new ValMedWorld());
    for (String order :
        new String[] {
          "sound",
          "altered",
          "missing",
          "child-missing",
          "child-altered",
          "child-added",
          "in-flight"
        }) {
      installation.inHot(ORDER.formatted(order));
      installation.inHot(ADMINISTRATION.formatted(order, "1"));
      installation.inHot(ADMINISTRATION.formatted(order, "2"));
    }
    pipeline = Pipeline.start(installation);
  }

  @AfterAll
  void end() throws Exception {
    pipeline.close();
    installation.close();
  }

  @Test
  void only_aggregates_whose_every_row_is_proven_leave_hot() throws Exception {
    installation.inArchive(
        "UPDATE medication_orders SET schedule = 'X' WHERE patient_name = 'altered'");
    installation.inArchive("DELETE FROM medication_orders WHERE patient_name = 'missing'");
    installation.inArchive(
        "DELETE FROM medication_administrations WHERE id = md5('child-missing/2')::uuid");
    installation.inArchive(
        "UPDATE medication_administrations SET administration_time = administration_time + interval '1 microsecond'"
            + " WHERE id = md5('child-altered/1')::uuid");
    pipeline.stopSink();
    installation.inHot(ADMINISTRATION.formatted("child-added", "3"));
    try (Connection application = installation.hotAsOwner();
        Statement statement = application.createStatement()) {
      application.setAutoCommit(false);
      statement.execute("UPDATE medication_orders SET dosage = 2 WHERE patient_name = 'in-flight'");

      Archive purge = Archive.start(installation, "purge", "--once");
      org.awaitility.Awaitility.await()
          .atMost(java.time.Duration.ofSeconds(60))
          .until(() -> !inHot("sound"));
      application.commit();
      purge.close();
    }

    assertThat(inHot("altered")).isTrue();
    assertThat(inHot("missing")).isTrue();
    assertThat(inHot("child-missing")).isTrue();
    assertThat(inHot("child-altered")).isTrue();
    assertThat(inHot("child-added")).isTrue();
    assertThat(inHot("in-flight")).isTrue();
    assertThat(installation.countInHot("SELECT count(*) FROM medication_administrations"))
        .isEqualTo(6 * 2 + 1);
    pipeline.startSink();
    pipeline.awaitArchived();
    assertThat(Journal.purged(installation)).isEqualTo(3);
    Journal.everyPurgedRowIsWitnessed(installation);
  }

  @Test
  void what_was_only_late_leaves_later_and_what_is_wrong_stays_and_is_reported() throws Exception {
    pipeline.awaitArchived();

    try (Archive purge = Archive.start(installation, "purge", "--once")) {
      assertThat(purge.awaitExit()).as(purge.output()).isEqualTo(1);
    }

    assertThat(inHot("child-added")).isFalse();
    assertThat(inHot("in-flight")).isFalse();
    assertThat(inHot("altered")).isTrue();
    assertThat(inHot("missing")).isTrue();
    try (Archive verify = Archive.start(installation, "verify")) {
      assertThat(verify.awaitExit()).as(verify.output()).isEqualTo(1);
      assertThat(verify.output()).contains("medication_orders").doesNotContain("altered");
    }
  }

  private boolean inHot(String order) throws SQLException {
    return installation.countInHot(
            "SELECT count(*) FROM medication_orders WHERE patient_name = '" + order + "'")
        > 0;
  }
}
