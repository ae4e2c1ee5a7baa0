package io.valmed.archive.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.stack.postgres.OwnServer;
import io.valmed.archive.stack.postgres.RunningUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryStackTest {

  private static final int NOBODY = 65534;

  private final Path scratch;

  TemporaryStackTest(@TempDir Path scratch) {
    this.scratch = scratch;
  }

  @Test
  void a_killed_owner_takes_its_servers_and_its_directory_with_it() throws Exception {
    try (OtherProcess other = other()) {
      Path directory = other.awaitReady();
      List<OwnServer> servers = OwnServer.inDirectory(directory);
      assertThat(servers).allMatch(server -> server.pid().isPresent());

      other.kill();

      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(directory).doesNotExist());
      assertThat(servers).noneMatch(server -> server.pid().isPresent());
    }
  }

  @Test
  void when_the_watchdog_was_killed_as_well_the_next_start_sweeps_up() throws Exception {
    Path directory = Files.createDirectory(scratch.resolve("valmed-stack-orphan"));
    Files.createFile(directory.resolve("stack.lock"));
    Path home = Files.createDirectory(directory.resolve("kafka"));
    Process orphan =
        new ProcessBuilder("sh", "-c", "sleep 600; true", home.resolve("java.args").toString())
            .start();
    Files.writeString(home.resolve("kafka.pid"), orphan.pid() + "\n");

    StackLeftovers.sweep(RunningUser.current(), scratch);

    assertThat(orphan.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(directory).doesNotExist();
  }

  @Test
  void an_ordinary_user_runs_it_too() throws Exception {
    Assumptions.assumeTrue(
        RunningUser.current().uid() == 0, "this test already runs as an ordinary user");
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv to become another user with");
    Path theirs = Files.createTempDirectory(Path.of("/tmp"), "valmed-ordinary-");
    try {
      String classPath = OtherProcess.copyOfClassPath(theirs);
      giveAway(theirs);
      List<String> become =
          List.of(
              "/usr/bin/setpriv",
              "--reuid=" + NOBODY,
              "--regid=" + NOBODY,
              "--clear-groups",
              "env",
              "HOME=/nonexistent");
      try (OtherProcess other = OtherProcess.run(theirs, theirs, become, classPath, "use")) {
        assertThat(other.awaitEnd()).isZero();
        assertThat(other.output()).startsWith("ready " + theirs);
      }
    } finally {
      StackDirectory.deleteAll(theirs);
    }
  }

  private OtherProcess other() throws IOException {
    return OtherProcess.run(scratch, scratch, List.of(), OtherProcess.ownClassPath(), "temporary");
  }

  private static void giveAway(Path directory) throws IOException {
    Files.setAttribute(directory, "unix:uid", NOBODY);
    Files.setAttribute(directory, "unix:gid", NOBODY);
  }
}
