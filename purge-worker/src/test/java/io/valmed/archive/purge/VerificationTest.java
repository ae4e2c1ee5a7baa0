package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.databases.compare.VerificationOptions;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.operations.report.PurgeReport;
import io.valmed.archive.operations.verify.Verification;
import io.valmed.archive.operations.verify.VerificationResult;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A verification tells every difference that is real, and none that is merely on its way. */
class VerificationTest {
  private static final VerificationOptions QUICK =
      new VerificationOptions(Duration.ofSeconds(20), 4, 5);

  private PurgeScene scene;

  @BeforeEach
  void archived() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 6000);
    scene.hot.run("INSERT INTO users VALUES (gen_random_uuid(), 'a@b', 'secret')");
    scene.mirrored();
    scene.caughtUp();
  }

  private VerificationResult verify() throws Exception {
    return verify(scene);
  }

  private static VerificationResult verify(PurgeScene of) throws Exception {
    // Stands for capture's heartbeat.
    ScheduledExecutorService beat = Executors.newSingleThreadScheduledExecutor();
    var unused = beat.scheduleWithFixedDelay(() -> beat(of), 0, 100, TimeUnit.MILLISECONDS);
    try {
      return Verification.run(of.settings().make(), QUICK);
    } finally {
      beat.shutdownNow();
      assertThat(beat.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void beat(PurgeScene of) {
    try {
      of.caughtUp();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void equal_databases_are_clean_and_the_result_is_kept() throws Exception {
    VerificationResult result = verify();

    assertThat(result.clean()).isTrue();
    assertThat(result.tables())
        .extracting(VerificationResult.Table::rows)
        .containsExactly(6000L, 18000L, 0L, 1L);
    assertThat(scene.archive.list("SELECT result ->> 'clean' FROM arc.verification"))
        .containsExactly("true");
  }

  @Test
  void missing_different_and_extra_rows_are_told_apart() throws Exception {
    scene.archive.run(
        """
        DELETE FROM medication_orders WHERE id = '%s';
        UPDATE medication_orders SET note = 'x' WHERE note IS NULL AND id < '%s';
        INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'ghost')
        """
            .formatted(Valmed.order(4), Valmed.order(10)));

    VerificationResult result = verify();

    assertThat(result.clean()).isFalse();
    assertThat(result.caughtUp()).isTrue();
    VerificationResult.Table orders = result.tables().get(0);
    assertThat(orders.missing()).isEqualTo(1);
    assertThat(orders.differs()).isEqualTo(3);
    assertThat(orders.extra()).isZero();
    assertThat(orders.samples())
        .contains("missing " + Valmed.order(4), "differs " + Valmed.order(3));
    assertThat(result.tables().get(3).extra()).isEqualTo(1);
  }

  @Test
  void what_arrives_while_it_waits_is_no_difference() throws Exception {
    scene.hot.run(
        "UPDATE medication_orders SET note = 'late' WHERE id = '" + Valmed.order(4) + "'");
    scene.hot.run("DELETE FROM users");
    ScheduledExecutorService sink = Executors.newSingleThreadScheduledExecutor();
    var late =
        sink.schedule(
            () -> {
              scene.archive.run(
                  "UPDATE medication_orders SET note = 'late' WHERE id = '"
                      + Valmed.order(4)
                      + "'");
              scene.archive.run("DELETE FROM users");
              return scene.hot.list("SELECT 1");
            },
            300,
            TimeUnit.MILLISECONDS);
    // The heartbeat says 'caught up' only from then on.
    var unused = sink.scheduleWithFixedDelay(() -> beat(scene), 400, 100, TimeUnit.MILLISECONDS);
    try {
      assertThat(Verification.run(scene.settings().make(), QUICK).clean()).isTrue();
      assertThat(late.isDone()).isTrue();
    } finally {
      sink.shutdownNow();
      assertThat(sink.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void a_row_that_changes_all_the_time_is_told_as_in_flight_and_is_no_fault() throws Exception {
    ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    var unused =
        writer.scheduleWithFixedDelay(
            () -> {
              change(scene.hot, "UPDATE users SET email = email || 'x'");
              change(scene.archive, "UPDATE users SET email = email || 'y', arc_lsn = arc_lsn + 1");
            },
            0,
            5,
            TimeUnit.MILLISECONDS);
    try {
      VerificationResult result = verify();

      assertThat(result.clean()).isTrue();
      assertThat(result.tables().get(3).inFlight()).isEqualTo(1);
    } finally {
      writer.shutdownNow();
      assertThat(writer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void a_fault_cannot_hide_behind_a_row_that_changes_all_the_time() throws Exception {
    ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    var unused =
        writer.scheduleWithFixedDelay(
            () -> change(scene.hot, "UPDATE users SET email = email || 'x'"),
            0,
            5,
            TimeUnit.MILLISECONDS);
    try {
      VerificationResult result = verify();

      assertThat(result.clean()).isFalse();
      assertThat(result.tables().get(3).differs()).isEqualTo(1);
    } finally {
      writer.shutdownNow();
      assertThat(writer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void change(TestDatabase database, String sql) {
    try {
      database.run(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void an_archive_that_does_not_catch_up_is_not_called_clean() throws Exception {
    scene.hot.run(
        "UPDATE medication_orders SET note = 'late' WHERE id = '" + Valmed.order(4) + "'");

    VerificationResult result =
        Verification.run(
            scene.settings().make(), new VerificationOptions(Duration.ofMillis(300), 4, 5));

    assertThat(result.caughtUp()).isFalse();
    assertThat(result.clean()).isFalse();
  }

  @Test
  void text_keys_are_compared_whatever_the_order_of_either_side() throws Exception {
    TableId names = TableId.parse("public.names");
    Policy policy =
        new Policy(List.of(), List.of(new ReferenceTable(names, List.of())), ZoneOffset.UTC);
    PurgeScene text =
        PurgeScene.of(
            """
            CREATE TABLE names (name text COLLATE "C" PRIMARY KEY);
            INSERT INTO names SELECT chr(c) || chr(d) FROM generate_series(65, 190) c, generate_series(33, 120) d
            """,
            policy);
    text.mirrored();
    text.archive.run("ALTER TABLE names ALTER name TYPE text COLLATE \"unicode\"");
    text.archive.run("UPDATE names SET name = 'nobody' WHERE name = 'aB'");
    scene = text;

    VerificationResult.Table result = verify().tables().get(0);

    assertThat(result.rows()).isEqualTo(126 * 88);
    assertThat(result.missing()).isEqualTo(1);
    assertThat(result.extra()).isEqualTo(1);
    assertThat(result.samples()).noneMatch(sample -> sample.contains("nobody"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hot     | DROP TABLE drug_transfers | not in hot",
        "hot     | ALTER TABLE drug_transfers ENABLE ROW LEVEL SECURITY | ALTER ROLE … BYPASSRLS",
        "archive | REVOKE ALL ON drug_transfers FROM PUBLIC, arc_purger_group, @ | permission denied",
        "archive | ALTER TABLE drug_transfers ALTER id TYPE bigint USING 1 | cannot be read"
      })
  void a_table_that_cannot_be_read_is_told_and_the_others_are_compared(
      String where, String sql, String sentence) throws Exception {
    scene.hot.run("INSERT INTO drug_transfers VALUES (gen_random_uuid(), 1, '2020-01-01')");
    (where.equals("hot") ? scene.hot : scene.archive).run(sql.replace("@", scene.name()));

    VerificationResult result = verify();
    List<PurgeReport> reports = PurgeReport.read(scene.settings().make());

    assertThat(result.clean()).isFalse();
    assertThat(result.tables().get(2).problem()).contains(sentence);
    if (!sentence.equals("not in hot")) {
      assertThat(result.tables().get(2).problem())
          .startsWith(
              "cannot be read in "
                  + (where.equals("hot") ? scene.hot : scene.archive).place(where)
                  + ": ");
    }
    assertThat(result.tables().get(0).clean()).isTrue();
    assertThat(result.tables().get(0).rows()).isEqualTo(6000);
    assertThat(reports.get(0).problem()).isNull();
    if (where.equals("hot")) {
      assertThat(reports.get(1).problem()).startsWith("table public.drug_transfers ");
    }
    if (sentence.contains("BYPASSRLS")) {
      assertThat(reports.get(1).problem()).contains(scene.hot.place("hot"), sentence);
    }
  }

  @Test
  void a_column_added_beside_excluded_ones_is_told_with_the_command_that_grants_it()
      throws Exception {
    TableId staff = TableId.parse("public.staff");
    PurgeScene excluding =
        PurgeScene.of(
            "CREATE TABLE staff (id int PRIMARY KEY, name text, password text); INSERT INTO staff VALUES (1, 'a', 'x')",
            new Policy(
                List.of(),
                List.of(new ReferenceTable(staff, List.of("password"))),
                ZoneOffset.UTC));
    excluding.mirrored();
    excluding.caughtUp();
    assertThat(verify(excluding).clean()).isTrue();

    excluding.hot.run("ALTER TABLE staff ADD ward text, ADD floor int");
    VerificationResult result = verify(excluding);

    assertThat(result.tables().get(0).problem())
        .isEqualTo(
            "has a column in hot that the purge's role may not read, since it was added after the others were granted: ward, floor; run './archive provision hot', or name it under the table's 'exclude' first");
    excluding.hot.run("GRANT SELECT (ward, floor) ON staff TO " + excluding.name());
    assertThat(verify(excluding).tables().get(0).problem()).contains("the archive does not have");
  }

  @Test
  void a_table_that_the_archive_lacks_is_told() throws Exception {
    scene.archive.run("DROP TABLE drug_transfers");

    VerificationResult result = verify();

    assertThat(result.clean()).isFalse();
    assertThat(result.tables().get(2).problem()).contains("not in the archive");
  }
}
