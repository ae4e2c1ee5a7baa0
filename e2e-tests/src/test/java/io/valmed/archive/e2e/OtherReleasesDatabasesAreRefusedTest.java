package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.capture.CaptureOptions;
import io.valmed.archive.capture.CaptureService;
import io.valmed.archive.cli.ArchiveMain;
import io.valmed.archive.databases.schema.ReleaseSchema;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.SharedServers;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.purge.PurgeOptions;
import io.valmed.archive.purge.PurgeService;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.sink.SinkService;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** No service works, and no verb writes, in databases of a newer or older release. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtherReleasesDatabasesAreRefusedTest {
  private static final List<String> IN_HOT =
      List.of("provision hot", "provision hot --dry-run", "purge repair", "verify");
  private static final List<String> IN_ARCHIVE =
      List.of(
          "purge repair",
          "provision archive",
          "quarantine retry 1",
          "alarms ack 1 --by ann --reason seen",
          "verify");
  private static final String NEWER =
      """
      INSERT INTO arc.changelog (id, applied_at, description, checksum)
      VALUES (999, '2030-01-01T00:00:00Z', 'of the future', 'x')
      """;
  private static final String OLDER =
      """
      CREATE TABLE arc.taken AS SELECT * FROM arc.changelog WHERE id = %1$s;
      DELETE FROM arc.changelog WHERE id = %1$s
      """;
  private static final String BACK =
      """
      INSERT INTO arc.changelog SELECT * FROM arc.taken;
      DROP TABLE arc.taken
      """;

  private Installation installation;

  @BeforeAll
  void installed() throws Exception {
    installation =
        Installation.of(
            new ValMedWorld(),
            new Installation.Place(SharedServers.get(), Duration.ofSeconds(30), null, null),
            (settings, words) ->
                assertThat(run(settings, String.join(" ", words), new StringWriter())).isZero());
    // The sink reads the topics before the archive.
    try (CaptureService capture =
        CaptureService.start(installation.settings(), CaptureOptions.NONE)) {
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> installation.countInHot("SELECT count(*) FROM arc.heartbeat") > 0);
      capture.stop();
      capture.awaitEnd();
    }
  }

  @AfterAll
  void end() throws Exception {
    installation.close();
  }

  @Test
  void a_newer_database_is_refused_with_the_migration_that_is_not_known() throws Exception {
    installation.inHot(NEWER);
    everyOne(IN_HOT, "The hot database at ", "999 of the future", "a newer one");
    long holds = installation.countInHot("SELECT count(*) FROM arc.purge_hold");
    assertThat(capture()).contains("The hot database at ", "999 of the future", "a newer one");
    assertThat(installation.countInHot("SELECT count(*) FROM arc.purge_hold")).isEqualTo(holds);
    assertThat(purge()).contains("The hot database at ", "999 of the future", "a newer one");
    installation.inHot("DELETE FROM arc.changelog WHERE id = 999");

    installation.inArchive(NEWER);
    everyOne(IN_ARCHIVE, "The archive database at ", "999 of the future", "a newer one");
    assertThat(sink()).contains("The archive database at ", "999 of the future", "a newer one");
    assertThat(purge()).contains("The archive database at ", "999 of the future", "a newer one");
    installation.inArchive("DELETE FROM arc.changelog WHERE id = 999");
  }

  @Test
  void an_older_database_is_refused_with_the_command_that_brings_it_up() throws Exception {
    installation.inHot(OLDER.formatted(ReleaseSchema.HOT.version()));
    everyOne(IN_HOT, "lacks migration " + ReleaseSchema.HOT.version(), "migrate hot up'");
    assertThat(capture()).contains("lacks migration ", "migrate hot up'");
    assertThat(purge()).contains("lacks migration ", "migrate hot up'");
    installation.inHot(BACK);

    installation.inArchive(OLDER.formatted(ReleaseSchema.ARCHIVE.version()));
    everyOne(
        IN_ARCHIVE, "lacks migration " + ReleaseSchema.ARCHIVE.version(), "migrate archive up'");
    assertThat(sink()).contains("lacks migration ", "migrate archive up'");
    assertThat(purge()).contains("lacks migration ", "migrate archive up'");
    installation.inArchive(BACK);
  }

  @Test
  void a_hold_can_be_set_in_any_database_but_ended_in_this_releases_alone() throws Exception {
    installation.inArchive(NEWER);

    everyOneSucceeds("purge pause --reason upgrade");
    String resume =
        "purge resume --hold hot/"
            + installation.countInHot("SELECT max(id) FROM arc.purge_hold WHERE held_by <> ''");
    everyOne(List.of(resume), "999 of the future");

    installation.inArchive("DELETE FROM arc.changelog WHERE id = 999");
    everyOneSucceeds(resume);
  }

  @Test
  void how_purging_stands_is_told_of_an_archive_that_keeps_no_comparisons_yet() throws Exception {
    installation.inArchive("ALTER TABLE arc.table_verification RENAME TO not_made_yet");

    StringWriter said = new StringWriter();
    int code = run("purge status", said);

    installation.inArchive("ALTER TABLE arc.not_made_yet RENAME TO table_verification");
    assertThat(said.toString())
        .contains(
            "public.medication_orders", "of an older release", "'./archive migrate archive up'");
    assertThat(code).as(said.toString()).isEqualTo(1);
  }

  private String capture() throws Exception {
    try (CaptureService capture =
        CaptureService.start(installation.settings(), CaptureOptions.NONE)) {
      capture.awaitEnd();
      return told(capture.state());
    }
  }

  private String sink() throws Exception {
    try (SinkService sink = SinkService.start(installation.settings())) {
      sink.awaitEnd();
      return told(sink.state());
    }
  }

  private String purge() throws Exception {
    try (PurgeService purge =
        PurgeService.start(installation.settings(), new PurgeOptions(false))) {
      purge.awaitEnd();
      return told(purge.state());
    }
  }

  private static String told(LoopState ended) {
    return String.valueOf(Objects.requireNonNull(ended.failure()).getMessage());
  }

  private void everyOne(List<String> verbs, String... words) {
    for (String verb : verbs) {
      StringWriter said = new StringWriter();
      int code = run(verb, said);
      assertThat(said.toString()).as(verb).contains(words);
      assertThat(code).as("%s: %s", verb, said).isEqualTo(4);
    }
  }

  private void everyOneSucceeds(String verb) {
    StringWriter said = new StringWriter();
    assertThat(run(verb, said)).as("%s: %s", verb, said).isZero();
  }

  private int run(String verb, StringWriter said) {
    return run(installation.settingsFile(), verb, said);
  }

  private static int run(Path settings, String verb, StringWriter said) {
    PrintWriter out = new PrintWriter(said, true);
    List<String> words = new ArrayList<>(Arrays.asList(verb.split(" ")));
    words.addAll(List.of("--config", settings.toString()));
    return ArchiveMain.commandLine(out, out).execute(words.toArray(String[]::new));
  }
}
