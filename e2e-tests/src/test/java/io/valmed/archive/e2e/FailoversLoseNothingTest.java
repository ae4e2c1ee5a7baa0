package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.e2e.servers.StandbyPair;
import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Journal;
import io.valmed.archive.e2e.support.Pipeline;
import io.valmed.archive.e2e.support.ValMedWorld;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The services go on by themselves after real failovers of hot and of the archive. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.MethodName.class)
class FailoversLoseNothingTest {
  private static final String ORDER =
      "INSERT INTO medication_orders SELECT md5('%1$s')::uuid, '%1$s', (SELECT id FROM drugs LIMIT 1), 1, 'x', 'completed',"
          + " (SELECT id FROM users LIMIT 1), now() - interval '200 days'";

  private StandbyPair servers;
  private Installation installation;
  private Pipeline pipeline;

  @BeforeAll
  void orders_are_archived_and_one_is_purged() throws Exception {
    servers = StandbyPair.start();
    installation =
        Installation.of(
            new ValMedWorld(), new Installation.Place(servers, Duration.ofSeconds(30), null, null));
    servers.hotStandby().holdFailoverSlots();
    installation.inHot(ORDER.formatted("first"));
    pipeline = Pipeline.start(installation);
    purge();
    pipeline.awaitArchived();
  }

  @AfterAll
  void end() {
    pipeline.close();
    servers.close();
  }

  @Test
  void pages_that_only_the_lost_primary_knew_open_or_committed_are_purged_again_with_witnesses()
      throws Exception {
    installation.inHot(ORDER.formatted("kept"));
    installation.inHot(ORDER.formatted("twice"));
    installation.inHot(ORDER.formatted("open"));
    pipeline.awaitArchived();
    servers.hotStandby().awaitCopied(installation.settings().capture().slot());
    servers.cutOffHotStandby();
    try (Connection one = installation.hotAsOwner();
        Connection other = installation.hotAsOwner()) {
      begin(one, "SELECT FROM medication_orders WHERE patient_name = 'open' FOR UPDATE");
      try (Archive purge = Archive.start(installation, "purge")) {
        awaitPurged("twice");
        // Uncommitted: the page of the open order waits for it, all deleted, before its commit.
        begin(
            other,
            "INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'never', 'test')");
        one.rollback();
        awaitAPageBeforeItsCommit();

        servers.failHotOver();

        assertThat(inHot("twice")).isOne();
        assertThat(inHot("open")).isOne();
        pipeline.awaitArchived();
        awaitPurged("twice");
        awaitPurged("open");
        assertThat(purge.stop()).isZero();
      }
    }
    pipeline.awaitArchived();
    everythingIsThereOnce();
    assertThat(installation.countInHot("SELECT max(epoch) FROM arc.heartbeat")).isOne();
    assertThat(
            installation.countInArchive(
                "SELECT count(*) FROM arc.purge_page WHERE outcome = 'rolled-back'"))
        .isPositive();
  }

  @Test
  void an_archive_that_lost_its_last_transactions_gets_them_again() throws Exception {
    installation.inHot(ORDER.formatted("early"));
    pipeline.awaitArchived();
    servers.cutOffArchiveStandby();
    installation.inHot(ORDER.formatted("late"));
    pipeline.awaitArchived();
    purge();
    pipeline.awaitArchived();
    assertThat(inHot("late")).isZero();

    servers.failArchiveOver();

    pipeline.awaitArchived();
    assertThat(inArchive("public_cold", "late")).isOne();
    assertThat(inArchive("public_cold", "early")).isOne();
    // The journal's page of the late order went with the lost transactions; verify's way out.
    Archive.succeed(installation.settingsFile(), "purge", "repair");
    verify();
  }

  private static void begin(Connection connection, String sql) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void awaitPurged(String order) {
    Awaitility.await().atMost(Duration.ofMinutes(4)).until(() -> inHot(order) == 0);
  }

  private void awaitAPageBeforeItsCommit() throws SQLException {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                installation.countInHot(
                        "SELECT count(*) FROM pg_locks WHERE relation = 'arc.purge_hold'::regclass AND NOT granted")
                    > 0);
    assertThat(
            installation.countInArchive(
                "SELECT count(*) FROM arc.purge_page WHERE outcome = 'intended'"))
        .isPositive();
  }

  private void everythingIsThereOnce() throws SQLException {
    for (String order : new String[] {"first", "kept", "twice", "open"}) {
      assertThat(inArchive("public_cold", order)).as(order).isOne();
      assertThat(inArchive("public", order)).as(order).isZero();
    }
    Journal.everyPurgedRowIsWitnessed(installation);
    verify();
  }

  private void verify() {
    Archive.succeed(installation.settingsFile(), "verify");
  }

  private void purge() {
    Archive.succeed(installation.settingsFile(), "purge", "--once");
  }

  private long inHot(String order) throws SQLException {
    return installation.countInHot(
        "SELECT count(*) FROM medication_orders WHERE patient_name = '" + order + "'");
  }

  private long inArchive(String schema, String order) throws SQLException {
    return installation.countInArchive(
        "SELECT count(*) FROM %s.medication_orders WHERE patient_name = '%s'"
            .formatted(schema, order));
  }
}
