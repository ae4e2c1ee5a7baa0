package io.valmed.archive.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shell is told by a process that Ctrl-C ends. */
class InterruptedTest {
  /** The longest step of a server that does not answer is 10 s. */
  private static final int SOON_S = 15;

  @TempDir Path folder;

  @Test
  void a_verb_that_waits_for_a_server_ends_with_130() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      silent.setSoTimeout(SOON_S * 1000);
      Process verify = start(silent.getLocalPort(), "verify");
      try (Socket asked = silent.accept()) {
        assertThat(asked.isConnected()).isTrue();
        assertThat(interrupt(verify)).isEqualTo(130);
      } finally {
        verify.destroyForcibly();
      }
    }
  }

  @Test
  void purge_once_that_could_not_do_its_work_does_not_say_that_it_has() throws Exception {
    assertThat(interruptedWhileWaiting("--once")).isEqualTo(130);
  }

  @Test
  void a_service_ends_in_order() throws Exception {
    assertThat(interruptedWhileWaiting()).isZero();
  }

  private int interruptedWhileWaiting(String... options) throws Exception {
    // Nobody listens there.
    Process purge = start(1, "purge", options);
    try {
      awaitLine(purge, "waits to try again");
      return interrupt(purge);
    } finally {
      purge.destroyForcibly();
    }
  }

  private static void awaitLine(Process process, String words) throws Exception {
    StringBuilder said = new StringBuilder();
    for (int read = process.getInputStream().read();
        read >= 0 && said.indexOf(words) < 0;
        read = process.getInputStream().read()) {
      said.append((char) read);
    }
    assertThat(said).contains(words);
  }

  private Process start(int port, String verb, String... options) throws Exception {
    // Where the tests run behind a shell's '&', SIGINT is ignored by all children.
    assumeTrue(
        new ProcessBuilder("env", "--default-signal=INT", "true").start().waitFor() == 0,
        "env --default-signal is needed");
    Path settings = folder.resolve("archive.yaml");
    Files.writeString(
        settings,
        """
        hot: { url: "jdbc:postgresql://127.0.0.1:%d/hospital", migrator: { user: owner }, capture: { user: capture }, purger: { user: purger } }
        archive: { url: "jdbc:postgresql://127.0.0.1:%d/archive", migrator: { user: owner }, purger: { user: purger }, reader: { user: reader } }
        kafka: { bootstrap-servers: "127.0.0.1:%d" }
        purge: { health: { host: 127.0.0.1, port: 0 } }
        policy: { roots: { public.t: { age: at } } }
        """
            .formatted(port, port, port));
    ProcessBuilder builder =
        new ProcessBuilder("env", "--default-signal=INT", "java", "-XX:TieredStopAtLevel=1");
    builder.command().set(2, Path.of(System.getProperty("java.home"), "bin/java").toString());
    builder
        .command()
        .addAll(
            List.of(
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                ArchiveMain.class.getName(),
                verb,
                "--config",
                settings.toString()));
    builder.command().addAll(List.of(options));
    return builder.redirectErrorStream(true).start();
  }

  /** The exit code of the process, which env has become. */
  private static int interrupt(Process process) throws Exception {
    assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor())
        .isZero();
    boolean ended = process.waitFor(SOON_S, TimeUnit.SECONDS);
    assertThat(ended)
        .as(() -> ended ? "" : "still runs: " + process.info().commandLine().orElse(""))
        .isTrue();
    return process.exitValue();
  }
}
