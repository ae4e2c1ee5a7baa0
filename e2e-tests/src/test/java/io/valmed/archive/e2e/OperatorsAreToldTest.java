package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.ValMedWorld;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is not as it should be is said, with the command that helps; and the command does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorsAreToldTest {
  private static final String ALARM =
      """
      WITH a AS (
        INSERT INTO arc.alarm (prefix, kind, table_name, detail)
        VALUES ('%s', 'truncate', 'public.medication_orders', 'It was truncated.') RETURNING id
      )
      INSERT INTO arc.purge_hold (scope, reason, held_by, prefix)
      SELECT 'public.medication_orders', 'Look into it', 'alarm ' || id, '%1$s' FROM a
      """;
  private static final String QUARANTINED =
      """
      INSERT INTO arc.quarantine (topic, partition, "offset", table_name, headers, key_digest, reason)
      VALUES ('%s.public.drugs', 0, 1, 'public.drugs', '{}', '\\x00', 'too long')
      """;

  private static final String COMPARED =
      """
      INSERT INTO arc.table_verification (prefix, schema_name, table_name, compared_at, result, sentence, clean_at, clean_rows)
      VALUES ('%s', 'public', '%s', now(), '%s', '1 row differs', '2026-01-02 03:04:05Z', 7)
      ON CONFLICT (prefix, schema_name, table_name) DO UPDATE SET compared_at = excluded.compared_at,
        result = excluded.result, sentence = excluded.sentence, clean_at = excluded.clean_at, clean_rows = 7
      """;

  private Installation installation;

  /** What a verb answered. */
  private record Answer(int code, String output) {
    String first(String regex) {
      Matcher found = Pattern.compile(regex).matcher(output);
      assertThat(found.find()).as("%s in:%n%s", regex, output).isTrue();
      return found.group(1);
    }
  }

  @BeforeAll
  void installed() throws Exception {
    installation = Installation.of(new ValMedWorld());
  }

  @AfterAll
  void end() throws Exception {
    installation.close();
  }

  private Answer run(String... verb) {
    return run(installation.settingsFile(), verb);
  }

  private static Answer run(Path settings, String... verb) {
    try (Archive archive = Archive.start(settings, List.of(), verb)) {
      int code = archive.awaitExit();
      return new Answer(code, archive.output());
    }
  }

  @Test
  void doctor_says_what_is_missing_and_which_command_brings_it() throws Exception {
    Answer sound = run("doctor");
    installation.inHot("ALTER TABLE drugs REPLICA IDENTITY DEFAULT");
    installation.inArchive(QUARANTINED.formatted(installation.settings().prefix()));
    Answer broken = run("doctor");
    Archive.succeed(installation.settingsFile(), "provision", "hot");
    installation.inArchive("DELETE FROM arc.quarantine");
    Answer mended = run("doctor");

    assertThat(sound.code()).as(sound.output()).isZero();
    assertThat(sound.output())
        .contains("has not run yet; start './archive capture'")
        .containsPattern("warn +kafka +each topic is on one broker alone");
    assertThat(broken.code()).isEqualTo(1);
    assertThat(broken.output())
        .containsPattern("FAIL +hot, provisioning .*'./archive provision hot'")
        .containsPattern("FAIL +quarantine .*'./archive quarantine list'")
        .doesNotContain("null");
    assertThat(mended.code()).as(mended.output()).isZero();
  }

  @Test
  void doctor_says_what_brokers_and_topics_may_lose() throws Exception {
    String topic = installation.settings().topics().alarms();
    try (Admin admin = Admin.create(installation.settings().kafka().clientProperties("e2e"))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(topic, 1, (short) 1)
                      .configs(Map.of("unclean.leader.election.enable", "true"))))
          .all()
          .get();
    }
    Path three = installation.directory().resolve("three-brokers.yaml");
    String one = Files.readString(installation.settingsFile());
    Files.writeString(
        three,
        one.replace("kafka: { ", "kafka: { replication-factor: 3, min-insync-replicas: 2, "));

    Answer lax = run("doctor");
    Answer wanting = run(three, "doctor");

    assertThat(lax.output())
        .containsPattern("warn +kafka +capture sets this at its next start: Topic " + topic)
        .contains("unclean.leader.election.enable=false");
    assertThat(wanting.code()).isEqualTo(1);
    assertThat(wanting.output())
        .containsPattern("FAIL +kafka +1 brokers cannot hold 3 replicas")
        .containsPattern("FAIL +kafka +Topic " + topic + " has 1 replica");
  }

  @Test
  void purging_is_held_though_one_of_the_databases_cannot_be_logged_in_to() throws Exception {
    Path half = installation.directory().resolve("half.yaml");
    String whole = Files.readString(installation.settingsFile());
    Files.writeString(half, whole.replace("hot-purger.password", "not-there.password"));

    Answer paused = run(half, "purge", "pause", "--reason", "hot refuses its role");

    assertThat(paused.code()).as(paused.output()).isZero();
    assertThat(paused.output())
        .contains("purging is held", "does not answer", "'./archive purge status'");
    Answer asked = run("purge", "resume");
    assertThat(asked.output()).contains("hot refuses its role");
    Answer resumed = run("purge", "resume", "--hold", asked.first("--hold (archive/\\d+)"));
    assertThat(resumed.code()).as(resumed.output()).isZero();
  }

  @Test
  void a_worker_that_purges_by_another_policy_than_the_files_is_told() throws Exception {
    installation.inHot(
        "INSERT INTO arc.heartbeat VALUES ('%s', 0, now(), '0/0', 0, '0/0', NULL, '{}', 1)"
            .formatted(installation.settings().capture().slot()));
    Path changed = installation.directory().resolve("changed.yaml");
    Files.writeString(
        changed,
        Files.readString(installation.settingsFile())
            .replaceFirst("cold-after: \\w+", "cold-after: 1000d"));
    try (Archive worker = Archive.start(installation, "purge")) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> worker.output().contains("purge is running"));

      assertThat(run("doctor").output()).doesNotContain("another policy", "no worker is connected");
      assertThat(run(changed, "doctor").output())
          .contains("1 of 1 workers purge by another policy than this file's");
    } finally {
      installation.inHot("DELETE FROM arc.heartbeat");
    }
  }

  @Test
  void a_hold_ends_by_the_command_that_is_told_and_no_other_with_it() throws Exception {
    installation.inArchive(ALARM.formatted(installation.settings().prefix()));
    Archive.succeed(
        installation.settingsFile(), "purge", "pause", "--reason", "inventory of the pharmacy");

    Answer asked = run("purge", "resume");
    String alarms = asked.first("(archive/\\d+)  table public.medication_orders");
    Answer refused = run("purge", "resume", "--hold", alarms);
    String id = refused.first("'./archive alarms ack (\\d+) --by");
    Answer looked = run("alarms", "ack", id, "--by", "ann", "--reason", "intended");
    Answer resumed = run("purge", "resume", "--hold", asked.first("--hold (hot/\\d+)"));

    assertThat(asked.code()).isEqualTo(1);
    assertThat(asked.output()).contains("all tables, by ").contains("inventory of the pharmacy");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(looked.code()).as(looked.output()).isZero();
    assertThat(resumed.code()).as(resumed.output()).isZero();
    assertThat(resumed.output()).contains("purging goes on");
    assertThat(
            installation.countInArchive(
                "SELECT count(*) FROM arc.purge_hold WHERE released_at IS NULL"))
        .isZero();
    assertThat(run("alarms", "list").output()).contains("0 open alarm(s)");
  }

  @Test
  void resume_of_a_table_ends_its_holds_and_leaves_alarms_and_the_others() throws Exception {
    installation.inArchive(ALARM.formatted(installation.settings().prefix()));
    installation.inHot(
        "INSERT INTO arc.purge_hold (prefix, scope, reason, held_by) VALUES ('%s', 'public.medication_orders', 'it was renamed', 'capture %s')"
            .formatted(installation.settings().prefix(), installation.settings().capture().slot()));
    Path file = installation.settingsFile();
    String orders = "public.medication_orders";
    Archive.succeed(file, "purge", "pause", "--table", orders, "--reason", "a question of ann's");
    Archive.succeed(
        file, "purge", "pause", "--table", "public.drug_transfers", "--reason", "another table");
    Archive.succeed(file, "purge", "pause", "--reason", "every table");

    Answer resumed = run("purge", "resume", "--table", orders);
    Answer again = run("purge", "resume");

    assertThat(resumed.code()).as("an alarm of it is left: %s", resumed.output()).isEqualTo(1);
    assertThat(resumed.output())
        .containsPattern("released .*a question of ann's")
        .containsPattern("released .*it was renamed")
        .containsPattern("is an alarm: run './archive alarms ack \\d+ --by NAME --reason TEXT'");
    assertThat(again.output())
        .contains("another table", "every table", "Nothing was released")
        .doesNotContain("a question of ann's", "it was renamed");
    Answer none = run("purge", "resume", "--table", "public.users");
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.output()).contains("no hold of table public.users is open");

    String id = resumed.first("'./archive alarms ack (\\d+) --by");
    Archive.succeed(file, "alarms", "ack", id, "--by", "ann", "--reason", "intended");
    Archive.succeed(file, "purge", "resume", "--table", "public.drug_transfers");
    String everyTable = run("purge", "resume").first("--hold (hot/\\d+)");
    Answer last = run("purge", "resume", "--hold", everyTable);
    assertThat(last.code()).as(last.output()).isZero();
    assertThat(last.output()).contains("purging goes on");
  }

  @Test
  void status_says_when_each_table_was_last_found_equal() throws Exception {
    for (String found : List.of("users,clean", "drugs,differs")) {
      String[] words = found.split(",");
      installation.inArchive(
          COMPARED.formatted(installation.settings().prefix(), words[0], words[1]));
    }

    Answer status = run("purge", "status");
    Answer json = run("purge", "status", "--json");
    installation.inArchive("DELETE FROM arc.table_verification");

    assertThat(status.output())
        .containsPattern("public.users +it was last found equal at 2026-01-02T03:04:05Z, and not")
        .containsPattern(
            "FAIL +public.drugs +differs in hot and archive .*; it was last found equal at 2026-01-02T03:04:05Z; run './archive verify'");
    assertThat(json.output()).contains("\"equal_at\":\"2026-01-02T03:04:05Z\"");
  }
}
