package io.valmed.archive.provisioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.catalog.CatalogText;
import io.valmed.archive.catalog.TestDatabase;
import io.valmed.archive.catalog.TestSettings;
import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.provisioning.step.IdentityWork;
import io.valmed.archive.provisioning.step.LockPatience;
import io.valmed.archive.provisioning.step.ProvisionTransaction;
import io.valmed.archive.provisioning.step.ProvisionedRecords;
import io.valmed.archive.provisioning.step.Step;
import io.valmed.archive.provisioning.step.StepKind;
import io.valmed.archive.provisioning.step.StepRunner;
import io.valmed.archive.provisioning.step.Todo;
import io.valmed.archive.runtime.Backoff;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Tables that are not ValMed's: composite and text keys, three levels, quoted names. */
class OtherTablesTest {
  private static final TestDatabase ARCHIVE = TestDatabase.archive();
  private static final TableId ORDER = new TableId("Shop \"floor\"", "Order's");
  private static final TableId LINE = new TableId("Shop \"floor\"", "Line");
  private static final TableId PART = new TableId("public", "part");
  private static final TableId COUNTER = new TableId("public", "counter");

  private static TestDatabase shop() throws SQLException {
    TestDatabase hot = TestDatabase.hot();
    Migrations.of(Target.HOT, hot.superuser()).up();
    hot.run(
        """
        CREATE SCHEMA "Shop ""floor""\";
        CREATE TABLE "Shop ""floor""\"."Order's" ("Site" text, no bigint, "At" date, done boolean,
          total numeric GENERATED ALWAYS AS (no * 2) STORED, PRIMARY KEY (no, "Site"));
        CREATE TABLE "Shop ""floor""\"."Line" (site text, order_no bigint, pos int, PRIMARY KEY (site, order_no, pos),
          FOREIGN KEY (site, order_no) REFERENCES "Shop ""floor""\"."Order's" ("Site", no));
        CREATE TABLE part (id text PRIMARY KEY, s text, o bigint, p int,
          FOREIGN KEY (s, o, p) REFERENCES "Shop ""floor""\"."Line");
        CREATE TABLE counter (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
        INSERT INTO "Shop ""floor""\"."Order's" VALUES ('x', 1, '2026-01-01', true);
        INSERT INTO counter DEFAULT VALUES;
        """);
    return hot;
  }

  private static Policy policy() {
    ChildTable part = new ChildTable(PART, List.of("s", "o", "p"), null, List.of());
    ChildTable line = new ChildTable(LINE, List.of("order_no", "site"), null, List.of(part));
    return new Policy(
        List.of(new RootTable(ORDER, "At", "done", Duration.ofDays(30), List.of(line))),
        List.of(new ReferenceTable(COUNTER, List.of())),
        ZoneOffset.UTC);
  }

  @Test
  void any_keyed_tables_are_provisioned_and_restored() throws SQLException {
    TestDatabase hot = shop();
    List<String> before = CatalogText.of(hot);
    HotProvisioning provisioning = new HotProvisioning(TestSettings.of(hot, ARCHIVE, policy()));

    provisioning.apply();

    assertThat(provisioning.plan()).isEmpty();
    assertThat(hot.list("SELECT schemaname || ' ' || tablename FROM pg_publication_tables"))
        .containsExactlyInAnyOrder(
            "arc heartbeat",
            "public counter",
            "public part",
            "Shop \"floor\" Line",
            "Shop \"floor\" Order's");
    assertThat(hot.list("SELECT attnames FROM pg_publication_tables WHERE tablename = 'Order''s'"))
        .containsExactly("{Site,no,At,done,total}");
    hot.run("UPDATE \"Shop \"\"floor\"\"\".\"Order's\" SET done = false");
    provisioning.undo();
    assertThat(CatalogText.difference(before, CatalogText.of(hot))).isEmpty();
  }

  @Test
  void a_table_whose_update_would_fail_is_never_left_published() throws SQLException {
    TestDatabase hot = shop();
    Settings settings = TestSettings.of(hot, ARCHIVE, policy());
    // Past the policy check, which would refuse it: PostgreSQL 18's virtual generated column.
    hot.run(
        """
        ALTER TABLE part ADD COLUMN twice int GENERATED ALWAYS AS (p * 2) VIRTUAL;
        ALTER TABLE part REPLICA IDENTITY FULL;
        CREATE PUBLICATION p;
        """);
    try (Connection connection = settings.hot().migrator().connect("test")) {
      Step step =
          Step.of(
                  StepKind.PUBLISHED,
                  "public.part",
                  "ALTER PUBLICATION p ADD TABLE part",
                  null,
                  false)
              .on(PART);

      assertThatThrownBy(() -> take(connection, step))
          .isInstanceOf(StopException.class)
          .hasMessageContaining("UPDATE of public.part would fail");
    }

    assertThat(hot.list("SELECT tablename FROM pg_publication_tables")).isEmpty();
    hot.run("UPDATE part SET p = p");
  }

  @Test
  void a_lock_that_does_not_come_names_its_holder() throws SQLException {
    TestDatabase hot = shop();
    try (Connection connection = hot.superuser().connect("test");
        Connection application = hot.superuser().connect("the application")) {
      application.setAutoCommit(false);
      application.createStatement().execute("SELECT * FROM counter");
      Step step =
          Step.of(
                  StepKind.REPLICA_IDENTITY,
                  "public.counter",
                  "ALTER TABLE counter REPLICA IDENTITY FULL",
                  "ALTER TABLE counter REPLICA IDENTITY DEFAULT",
                  false)
              .on(COUNTER);

      assertThatThrownBy(() -> take(connection, step))
          .isInstanceOf(StopException.class)
          .hasMessageContaining("client backend")
          .hasMessageContaining("idle in transaction");
    }
    assertThat(hot.list("SELECT name FROM arc.provisioned")).isEmpty();
  }

  private static void take(Connection connection, Step step) throws SQLException {
    ProvisionedRecords records = new ProvisionedRecords(connection, "test");
    new ProvisionTransaction(
            connection, records, new StepRunner(connection, records, patience()), patience())
        .run(IdentityWork.NONE, new Todo(List.of(), List.of(), List.of(step)));
  }

  private static LockPatience patience() {
    Backoff pauses =
        new Backoff(Duration.ofMillis(1), Duration.ofMillis(2), RandomGenerator.getDefault());
    return new LockPatience(Duration.ofMillis(20), 3, pauses, time -> {});
  }

  @Test
  void a_database_whose_texts_may_be_written_in_anything_is_refused() throws Exception {
    TestDatabase any = TestDatabase.ofUnknownEncoding();
    any.run("CREATE TABLE a2 (id int PRIMARY KEY, at timestamptz, v text)");
    Policy policy =
        new Policy(
            List.of(
                new RootTable(
                    TableId.parse("public.a2"), "at", null, Duration.ofDays(90), List.of())),
            List.of(),
            ZoneOffset.UTC);
    HotProvisioning provisioning =
        new HotProvisioning(TestSettings.of(any, TestDatabase.archive(), policy));

    assertThatThrownBy(provisioning::plan)
        .hasMessageContaining("SQL_ASCII")
        .hasMessageContaining("createdb -T template0 -E UTF8");
  }
}
