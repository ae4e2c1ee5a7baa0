package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Ledger;
import io.valmed.archive.e2e.support.Oracle;
import io.valmed.archive.e2e.support.Pipeline;
import io.valmed.archive.e2e.support.Traffic;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.e2e.support.World;
import io.valmed.archive.e2e.support.WorldTable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.MethodName.class)
class SchemaChangesWhileRunningTest {
  private static final String COLD_ROWS =
      """
      INSERT INTO medication_orders (id, patient_name, drug_id, dosage, schedule, status, doctor_id, created_at)
        SELECT gen_random_uuid(), '%1$s', (SELECT id FROM drugs LIMIT 1), n, 'x', 'completed', (SELECT id FROM users LIMIT 1),
          now() - interval '200 days' FROM generate_series(1, 30) n;
      INSERT INTO drug_transfers (id, drug_id, source_ward, destination_ward, quantity, pharmacist_id, transfer_date)
        SELECT gen_random_uuid(), (SELECT id FROM drugs LIMIT 1), '%1$s', 'b', n, (SELECT id FROM users LIMIT 1),
          now() - interval '200 days' FROM generate_series(1, 30) n
      """;

  private static final String KEPT_ROWS =
      """
      INSERT INTO medication_orders SELECT gen_random_uuid(), 'kept', (SELECT id FROM drugs LIMIT 1), 1, 'x', 'active',
        (SELECT id FROM users LIMIT 1), now();
      INSERT INTO drug_transfers SELECT gen_random_uuid(), (SELECT id FROM drugs LIMIT 1), 'kept', 'b', 1,
        (SELECT id FROM users LIMIT 1), now()
      """;

  private final Ledger ledger = new Ledger();
  private Installation installation;
  private Pipeline pipeline;

  /** ValMed's tables with two columns that its application does not name. */
  private static final class OlderWorld implements World {
    private final World valmed = new ValMedWorld();

    @Override
    public String name() {
      return "older";
    }

    @Override
    public String schema() {
      return valmed.schema() + ";ALTER TABLE drug_transfers ADD legacy text, ADD remark text";
    }

    @Override
    public String policy() {
      return valmed.policy();
    }

    @Override
    public List<WorldTable> tables() {
      return valmed.tables();
    }

    @Override
    public Bulk bulk() {
      return valmed.bulk();
    }

    @Override
    public Copied copied() {
      return valmed.copied();
    }

    @Override
    public String ageRoots() {
      return valmed.ageRoots();
    }
  }

  @BeforeAll
  void everything_runs() throws Exception {
    installation = Installation.of(new OlderWorld());
    installation.inHot(KEPT_ROWS);
    pipeline = Pipeline.start(installation);
  }

  @AfterAll
  void end() throws Exception {
    pipeline.close();
    installation.close();
  }

  @Test
  void additive_changes_flow_while_writes_and_the_purge_go_on() throws Exception {
    try (Archive purge = Archive.start(installation, "purge");
        Traffic traffic =
            Traffic.start(installation, ledger, new Traffic.Pace(3, 40, 0), 20261123L)) {
      purgeGoesOn(purge, "before");
      change("ALTER TABLE medication_orders ADD COLUMN priority int NOT NULL DEFAULT 3");
      purgeGoesOn(purge, "column added");
      change("ALTER TABLE drug_transfers DROP COLUMN legacy");
      purgeGoesOn(purge, "column dropped");
      change("ALTER TYPE orderstatus ADD VALUE 'paused'");
      installation.inHot(
          "UPDATE medication_orders SET status = 'paused', priority = 9 WHERE patient_name = 'kept'");
      change("ALTER TABLE drug_transfers ALTER COLUMN quantity TYPE bigint");
      installation.inHot(
          "UPDATE drug_transfers SET quantity = 5000000000 WHERE source_ward = 'kept'");
      purgeGoesOn(purge, "column widened");
      traffic.stop();
      pipeline.awaitArchived();
      assertThat(purge.stop()).as(purge.output()).isZero();
    }

    assertThat(holds()).isZero();
    Archive.succeed(installation.settingsFile(), "purge", "--once");
    pipeline.awaitArchived();
    assertThat(
            installation.countInArchive(
                "SELECT count(*) FROM drug_transfers WHERE quantity = 5000000000"))
        .isEqualTo(1);
    assertThat(
            installation.countInArchive(
                "SELECT count(*) FROM medication_orders WHERE status = 'paused' AND priority = 9"))
        .isEqualTo(1);
    Oracle oracle = new Oracle(installation, ledger);
    oracle.everyCommittedRowIsKept();
    oracle.everyChangeStandsOnceInItsTopic();
    Archive.succeed(installation.settingsFile(), "verify");
  }

  @Test
  void changes_that_may_not_fit_hold_the_purge_of_their_own_table_alone() throws Exception {
    for (String sql :
        List.of(
            "ALTER TABLE drug_transfers RENAME COLUMN remark TO comment",
            "ALTER TABLE drug_transfers DROP CONSTRAINT drug_transfers_pkey, ADD PRIMARY KEY (pharmacist_id, id)")) {
      change(sql);
      installation.inHot(COLD_ROWS.formatted("held"));
      await("the hold")
          .atMost(Duration.ofSeconds(90))
          .until(() -> holdsOf("public.drug_transfers") > 0);
      pipeline.awaitArchived();

      try (Archive purge = Archive.start(installation, "purge", "--once")) {
        assertThat(purge.awaitExit()).as(purge.output()).isEqualTo(1);
        assertThat(purge.output()).contains("held  public.drug_transfers");
      }

      assertThat(rows("medication_orders", "patient_name", "held")).isZero();
      assertThat(rows("drug_transfers", "source_ward", "held")).isPositive();
      assertThat(holds()).isEqualTo(holdsOf("public.drug_transfers"));
    }
    assertThat(rows("drug_transfers", "source_ward", "held")).isEqualTo(60);
  }

  /** A change that meets a writer's lock is tried again, as whoever changes a schema would. */
  private void change(String sql) {
    await(sql)
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsMatching(
            e -> e instanceof SQLException failure && "40P01".equals(failure.getSQLState()))
        .until(
            () -> {
              installation.inHot(sql);
              return true;
            });
  }

  /** Rows that are cold when they are written leave hot by and by. */
  private void purgeGoesOn(Archive purge, String when) throws SQLException {
    installation.inHot(COLD_ROWS.formatted(when));
    await("purged: " + when)
        .atMost(Duration.ofMinutes(4))
        .untilAsserted(
            () ->
                assertThat(
                        rows("medication_orders", "patient_name", when)
                            + rows("drug_transfers", "source_ward", when))
                    .as(purge.output())
                    .isZero());
  }

  private long rows(String table, String column, String value) throws SQLException {
    return installation.countInHot(
        "SELECT count(*) FROM %s WHERE %s = '%s'".formatted(table, column, value));
  }

  private long holds() throws SQLException {
    return holdsWhere("true");
  }

  private long holdsOf(String table) throws SQLException {
    return holdsWhere("scope = '" + table + "'");
  }

  private long holdsWhere(String condition) throws SQLException {
    String sql = "SELECT count(*) FROM arc.purge_hold WHERE released_at IS NULL AND " + condition;
    return installation.countInHot(sql) + installation.countInArchive(sql);
  }
}
