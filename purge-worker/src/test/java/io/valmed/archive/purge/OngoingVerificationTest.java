package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.valmed.archive.databases.compare.VerificationOptions;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.operations.verify.Verification;
import io.valmed.archive.purge.postgres.StandingQuestions;
import io.valmed.archive.purge.verify.VerificationService;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.VerifySettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hot is compared with the archive without anybody asking. */
class OngoingVerificationTest {
  private static final TableId ENUM = TableId.parse("public.t_enum");
  private static final TableId REWRITTEN = TableId.parse("public.rewr");
  private static final TableId KEY = TableId.parse("public.k_en");
  private static final TableId FINE = TableId.parse("public.fine");
  private static final String OPEN =
      "SELECT scope FROM arc.purge_hold WHERE held_by = 'purge-verification' AND released_at IS NULL ORDER BY 1";
  private static final String ENDED =
      "SELECT scope FROM arc.purge_hold WHERE held_by = 'purge-verification' AND released_by = held_by ORDER BY 1";

  private PurgeScene scene;
  private ScheduledExecutorService beat;

  @BeforeEach
  void archived() throws Exception {
    scene =
        PurgeScene.of(
            """
            CREATE TYPE st AS ENUM ('new', 'done');
            CREATE TABLE t_enum (id int PRIMARY KEY, at timestamptz, s st);
            INSERT INTO t_enum SELECT i, now() - interval '200 days', 'done' FROM generate_series(1, 10) i;
            CREATE TABLE rewr (id int PRIMARY KEY, at timestamptz, v text);
            INSERT INTO rewr SELECT i, now() - interval '200 days', 'val' FROM generate_series(1, 1500) i;
            CREATE TABLE k_en (k st, n int, at timestamptz, PRIMARY KEY (k, n));
            INSERT INTO k_en VALUES ('done', 1, now() - interval '200 days');
            CREATE TABLE fine (id int PRIMARY KEY, at timestamptz);
            INSERT INTO fine SELECT i, now() - interval '200 days' FROM generate_series(1, 300) i;
            INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'audit', 'dba')
            """,
            new Policy(
                List.of(root(ENUM), root(REWRITTEN), root(KEY), root(FINE)),
                List.of(),
                ZoneOffset.UTC));
    scene.mirrored();
    // Stands for capture's heartbeat.
    beat = Executors.newSingleThreadScheduledExecutor();
    var unused = beat.scheduleWithFixedDelay(this::beat, 0, 200, TimeUnit.MILLISECONDS);
  }

  private static RootTable root(TableId table) {
    return new RootTable(table, "at", null, Duration.ofDays(90), List.of());
  }

  private void beat() {
    try {
      scene.caughtUp();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void quiet() throws Exception {
    beat.shutdownNow();
    assertThat(beat.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  /** Whatever is new or not clean is compared a second later. */
  private Settings verifying(int pace) {
    return scene.settings().make().withVerify(new VerifySettings(Duration.ofSeconds(24), pace));
  }

  private static VerificationService started(Settings settings) {
    VerificationService service =
        VerificationService.of(
            settings,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            StandingQuestions.of(settings, InstantSource.system()).archive());
    service.start();
    return service;
  }

  private String of(TableId table, String what) throws SQLException {
    return String.valueOf(
        scene
            .archive
            .list(
                "SELECT (%s)::text FROM arc.table_verification WHERE table_name = '%s'"
                    .formatted(what, table.name()))
            .stream()
            .findFirst()
            .orElse(null));
  }

  @Test
  void what_no_event_tells_is_found_without_anybody_asking_and_holds_its_table_alone()
      throws Exception {
    scene.hot.run(
        """
        ALTER TYPE st RENAME VALUE 'done' TO 'finished';
        ALTER TABLE rewr ALTER v TYPE text USING upper(v)
        """);

    try (PurgeService service = PurgeService.start(verifying(0), new PurgeOptions(false))) {
      PurgeScene.await(() -> of(FINE, "result").equals("clean"));
      PurgeScene.await(() -> of(KEY, "result").equals("unread"));
      PurgeScene.await(() -> of(REWRITTEN, "result").equals("differs"));
      PurgeScene.await(() -> of(ENUM, "result").equals("differs"));

      assertThat(scene.archive.list(OPEN))
          .containsExactly("public.k_en", "public.rewr", "public.t_enum");
      assertThat(scene.archive.list("SELECT table_name FROM arc.alarm WHERE kind = 'verification'"))
          .containsExactlyInAnyOrder("public.k_en", "public.rewr", "public.t_enum");
      assertThat(of(REWRITTEN, "sentence")).isEqualTo("0 missing, 1,500 differ, 0 extra");
      assertThat(of(KEY, "sentence"))
          .startsWith("cannot be read in " + scene.hot.place("hot") + ": a value was refused");
      PurgeScene.await(
          () -> metrics(service).contains("_unequal_rows{table=\"public.rewr\"} 1500.0"));
      assertThat(metrics(service))
          .contains("# HELP archive_verification_clean_age_seconds How long ago")
          .contains("archive_verification_clean_age_seconds{table=\"public.rewr\"} +Inf")
          .doesNotContain("archive_verification_clean_age_seconds{table=\"public.fine\"} +Inf")
          .contains("archive_verification_unread{table=\"public.k_en\"} 1.0");

      scene.mirrorAgain(REWRITTEN);
      scene.mirrorAgain(ENUM);
      scene.mirrorAgain(KEY);
      PurgeScene.await(() -> scene.archive.list(OPEN).isEmpty());
      assertThat(scene.archive.list(ENDED))
          .containsExactly("public.k_en", "public.rewr", "public.t_enum");
    }
  }

  @Test
  void a_comparison_that_was_cut_short_goes_on_where_it_was() throws Exception {
    String begun;
    try (VerificationService first = started(verifying(400))) {
      PurgeScene.await(() -> of(REWRITTEN, "rows BETWEEN 800 AND 1300").equals("true"));
      assertThat(first.remark()).isEmpty();
    }
    begun = of(REWRITTEN, "begun_at");
    assertThat(begun).isNotEqualTo("null");
    scene.archive.run("UPDATE rewr SET v = 'behind' WHERE id = 3");

    try (VerificationService second = started(verifying(400))) {
      PurgeScene.await(() -> of(REWRITTEN, "side").equals("archive"));
      assertThat(of(REWRITTEN, "begun_at")).isEqualTo(begun);
      scene.archive.run(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'archive verification%'");
      PurgeScene.await(() -> of(REWRITTEN, "result").equals("clean"));
      assertThat(of(REWRITTEN, "clean_rows")).isEqualTo("1500");
      assertThat(second.remark()).isEmpty();
    }
  }

  @Test
  void it_keeps_to_its_pace_and_of_several_processes_one_compares() throws Exception {
    long from = System.nanoTime();

    try (VerificationService first = started(verifying(1000));
        VerificationService second = started(verifying(1000))) {
      PurgeScene.await(() -> of(REWRITTEN, "result").equals("clean"));
      PurgeScene.await(() -> of(FINE, "result").equals("clean"));

      // Twice 1,500 and twice 300 rows and a few more, less the second that is lent.
      assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofSeconds(2));
      assertThat(
              scene.archive.count(
                  "pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' AND d.datname = current_database()"))
          .isEqualTo(1);
      assertThat(first.remark() + second.remark()).isEmpty();
    }
  }

  @Test
  void what_a_person_has_released_is_not_held_again_for_the_same_rows_but_for_more()
      throws Exception {
    scene.archive.run("UPDATE rewr SET v = 'x' WHERE id <= 3");

    try (VerificationService service = started(verifying(0))) {
      PurgeScene.await(() -> !scene.archive.list(OPEN).isEmpty());
      PurgeScene.await(() -> of(REWRITTEN, "result").equals("differs"));
      scene.archive.run(
          "UPDATE arc.purge_hold SET released_by = 'dba', released_at = clock_timestamp()");
      String compared = of(REWRITTEN, "compared_at");
      PurgeScene.await(() -> !of(REWRITTEN, "compared_at").equals(compared));
      assertThat(scene.archive.list(OPEN)).isEmpty();

      scene.archive.run("UPDATE rewr SET v = 'x' WHERE id <= 4");

      PurgeScene.await(() -> scene.archive.list(OPEN).equals(List.of("public.rewr")));
      assertThat(service.remark()).isEmpty();
    }
  }

  @Test
  void nothing_is_said_to_differ_while_the_archive_is_late() throws Exception {
    quiet();
    scene.hot.run("UPDATE rewr SET v = 'late' WHERE id = 1");

    try (VerificationService service = started(verifying(0))) {
      // Behind it in the same round.
      PurgeScene.await(() -> of(REWRITTEN, "begun_at IS NOT NULL").equals("true"));
      assertThat(of(REWRITTEN, "last_key IS NULL AND unequal = 0")).isEqualTo("true");
      scene.archive.run("UPDATE rewr SET v = 'late' WHERE id = 1");
      beat = Executors.newSingleThreadScheduledExecutor();
      var unused = beat.scheduleWithFixedDelay(this::beat, 0, 200, TimeUnit.MILLISECONDS);

      PurgeScene.await(() -> of(REWRITTEN, "result").equals("clean"));
      assertThat(scene.archive.count("arc.purge_hold")).isZero();
      assertThat(service.remark()).isEmpty();
    }
  }

  @Test
  void a_verification_that_a_person_asked_for_ends_the_hold_of_what_is_equal() throws Exception {
    scene.archive.run("DELETE FROM rewr WHERE id = 7");
    try (VerificationService service = started(verifying(0))) {
      PurgeScene.await(() -> !scene.archive.list(OPEN).isEmpty());
      assertThat(service.remark()).isEmpty();
    }
    scene.mirrorAgain(REWRITTEN);

    assertThat(
            Verification.run(
                    scene.settings().make(), new VerificationOptions(Duration.ofMinutes(1), 4, 5))
                .clean())
        .isTrue();

    assertThat(scene.archive.list(ENDED)).containsExactly("public.rewr");
    assertThat(of(REWRITTEN, "clean_at IS NOT NULL")).isEqualTo("true");
  }

  @Test
  void what_a_comparison_found_before_a_newer_one_was_clean_holds_nothing_again() throws Exception {
    scene.archive.run("DELETE FROM rewr WHERE id = 7");
    // So slow that the comparison is in the midst of the table for long.
    try (VerificationService service = started(verifying(100))) {
      PurgeScene.await(() -> !scene.archive.list(OPEN).isEmpty());
      scene.mirrorAgain(REWRITTEN);
      assertThat(
              Verification.run(
                      scene.settings().make(), new VerificationOptions(Duration.ofMinutes(1), 4, 5))
                  .clean())
          .isTrue();

      Awaitility.await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(30))
          .until(() -> scene.archive.list(OPEN).isEmpty());
      assertThat(service.remark()).isEmpty();
    }
    assertThat(of(REWRITTEN, "clean_at IS NOT NULL")).isEqualTo("true");
  }

  @Test
  void what_was_found_after_a_verification_had_begun_stays_held() throws Exception {
    Settings settings = scene.settings().make();
    // As another process finds it while this one still compares other tables.
    scene.archive.run(
        "INSERT INTO arc.purge_hold (scope, reason, held_by, held_at, prefix) VALUES ('public.rewr', 'found meanwhile', 'purge-verification', clock_timestamp() + interval '1 hour', '%s')"
            .formatted(settings.prefix()));

    assertThat(
            Verification.run(settings, new VerificationOptions(Duration.ofMinutes(1), 4, 5))
                .clean())
        .isTrue();

    assertThat(scene.archive.list(OPEN)).containsExactly("public.rewr");
  }

  private static String metrics(PurgeService service) throws Exception {
    URI of = URI.create("http://127.0.0.1:" + service.healthPort() + "/metrics");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(of).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
