package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.cli.ArchiveMain;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.ValMedWorld;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What doctor, provision, verify, migrate and status say at the command line, and how they end. */
class WhatVerbsSayTest {
  private Installation installation;

  /** What a command answered. */
  private record Answer(int code, String output) {}

  @BeforeEach
  void installed() throws Exception {
    installation = Installation.of(new ValMedWorld());
  }

  @AfterEach
  void end() throws Exception {
    installation.close();
  }

  private static Answer run(Path settings, String... verb) {
    List<String> words = new ArrayList<>(List.of(verb));
    words.addAll(List.of("--config", settings.toString()));
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    int code = ArchiveMain.commandLine(out, out).execute(words.toArray(String[]::new));
    return new Answer(code, said.toString());
  }

  @Test
  void doctor_says_that_hot_and_archive_are_one_database_or_one_server_by_whatever_name()
      throws Exception {
    String hot = installation.settings().hot().migrator().url();
    String archive = installation.settings().archive().migrator().url();
    String password = installation.settings().archive().migrator().passwordFile() + "";
    String ofHot = installation.settings().hot().migrator().passwordFile() + "";
    String text = Files.readString(installation.settingsFile()).replace(password, ofHot);
    Path same = installation.directory().resolve("same.yaml");
    Files.writeString(same, text.replace(archive, hot.replace("127.0.0.1", "localhost")));
    Path server = installation.directory().resolve("server.yaml");
    Files.writeString(server, text.replace(archive, hot.replaceAll("\\w+$", "postgres")));

    assertThat(run(same, "doctor").output())
        .containsPattern("FAIL +hot, archive +hot.url .* lead to the same database");
    assertThat(run(server, "doctor").output())
        .containsPattern("warn +hot, archive +hot.url .* lead to one server");
    assertThat(run(installation.settingsFile(), "doctor").output()).doesNotContain("one server");
  }

  @Test
  void a_column_added_beside_excluded_ones_is_named_by_doctor_with_the_command() throws Exception {
    assertThat(installation.policy().reference())
        .as("a table with excluded columns")
        .anyMatch(table -> !table.exclude().isEmpty());
    String table =
        installation.policy().reference().stream()
            .filter(one -> !one.exclude().isEmpty())
            .findFirst()
            .orElseThrow()
            .table()
            .toString();
    installation.inHot("ALTER TABLE " + table + " ADD bleep text");

    Answer doctor = run(installation.settingsFile(), "doctor");

    assertThat(doctor.code()).isEqualTo(1);
    assertThat(doctor.output())
        .containsPattern(
            "FAIL +hot, provisioning .*SELECT \\(\"bleep\"\\) ON TABLE .*users.*'./archive provision hot'");
    run(installation.settingsFile(), "provision", "hot");
    assertThat(run(installation.settingsFile(), "doctor").output()).doesNotContain("bleep");
  }

  @Test
  void
      verify_says_first_that_it_cannot_tell_while_nobody_captures_and_ends_otherwise_than_for_a_difference()
          throws Exception {
    installation.inHot("INSERT INTO drugs SELECT * FROM drugs WHERE false");

    Answer late = run(installation.settingsFile(), "verify", "--catch-up", "1s");
    installation.inHot(
        "INSERT INTO arc.heartbeat VALUES ('%s', 1, now(), '0/0', 1, 'FFFFFFFF/FFFFFFFF', now(), '{}', 1)"
            .formatted(installation.settings().capture().slot()));
    Answer different = run(installation.settingsFile(), "verify", "--catch-up", "10s");

    assertThat(late.output()).startsWith("Not known: the archive has not caught up");
    assertThat(late.code()).isEqualTo(4);
    assertThat(different.output()).doesNotContain("Not known").contains("FAIL");
    assertThat(different.code()).isEqualTo(1);
  }

  @Test
  void doctor_and_status_tell_holds_and_alarms_with_the_commands_that_end_them() throws Exception {
    String prefix = installation.settings().prefix();
    installation.inArchive(
        "INSERT INTO arc.alarm (prefix, kind, table_name, detail) VALUES ('%s', 'truncate', 'public.drugs', 'It was truncated.')"
            .formatted(prefix));
    installation.inHot(
        "INSERT INTO arc.purge_hold (prefix, scope, reason, held_by) VALUES ('%s', 'public.drugs', 'It was renamed.', 'ann')"
            .formatted(prefix));

    for (String[] verb : List.of(new String[] {"doctor"}, new String[] {"purge", "status"})) {
      String told = run(installation.settingsFile(), verb).output();
      assertThat(told)
          .containsPattern("hot/\\d+ .*It was renamed.*'./archive purge resume --hold hot/\\d+'")
          .containsPattern("truncate: It was truncated.*'./archive alarms ack \\d+ --by");
    }
    assertThat(run(installation.settingsFile(), "doctor").code()).isEqualTo(1);
  }

  @Test
  void tables_that_are_set_aside_with_their_records_are_named_then_and_later() throws Exception {
    String slot = installation.settings().capture().slot();
    installation.inHot(
        "INSERT INTO arc.heartbeat VALUES ('%s', 1, now(), '0/0', 1, '0/0', now(), '{}', 1)"
            .formatted(slot));

    Answer down = run(installation.settingsFile(), "migrate", "hot", "down", "--all");
    Answer status = run(installation.settingsFile(), "migrate", "hot", "status");
    Answer undo = run(installation.settingsFile(), "provision", "archive", "--undo");

    assertThat(down.output()).contains("set aside with their records", "arc_kept.heartbeat");
    assertThat(status.output()).contains("arc_kept.heartbeat");
    assertThat(undo.output()).contains("left behind: schema arc", "all that is archived");
  }

  @Test
  void a_former_prefix_is_undone_by_its_name_and_nothing_of_the_present_one_goes()
      throws Exception {
    String former = installation.settings().prefix();
    String slot = installation.settings().capture().slot();
    installation.inHot(
        "SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(slot));
    Path renamed =
        Files.writeString(
            installation.directory().resolve("renamed.yaml"),
            Files.readString(installation.settingsFile())
                .replaceFirst("prefix: \\w+", "prefix: present")
                .replaceAll(
                    "slot: \\w+, publication: \\w+", "slot: present, publication: present"));
    String recorded = "SELECT count(*) FROM arc.provisioned WHERE prefix = '%s'";

    Answer wrong = run(renamed, "provision", "hot", "--prefix", former);
    Answer told = run(renamed, "provision", "hot", "--undo", "--dry-run", "--prefix", former);
    assertThat(installation.countInHot(recorded.formatted(former))).isPositive();
    Answer undone = run(renamed, "provision", "hot", "--undo", "--prefix", former);
    Answer present = run(renamed, "provision", "hot");
    Answer presentAgain = run(renamed, "provision", "hot", "--dry-run");
    Answer again = run(renamed, "provision", "hot", "--undo", "--prefix", former);

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.output()).contains("--prefix goes with --undo");
    assertThat(told.code()).as(told.output()).isZero();
    assertThat(told.output()).contains(slot, "pg_drop_replication_slot");
    assertThat(undone.code()).as(undone.output()).isZero();
    assertThat(undone.output()).contains("left behind: schema arc with the product's own tables");
    assertThat(installation.countInHot(recorded.formatted(former))).isZero();
    assertThat(
            installation.countInHot(
                "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '%s'".formatted(slot)))
        .isZero();
    assertThat(present.code()).as(present.output()).isZero();
    assertThat(again.output()).as("undone twice").contains("nothing to do");
    assertThat(presentAgain.output()).contains("nothing to do");
    assertThat(installation.countInHot(recorded.formatted("present"))).isPositive();
  }
}
