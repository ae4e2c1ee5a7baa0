package io.valmed.archive.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.stack.kafka.KafkaStorage;
import io.valmed.archive.stack.postgres.OwnServer;
import io.valmed.archive.stack.postgres.PostgresBinaries;
import io.valmed.archive.stack.postgres.PostgresCluster;
import io.valmed.archive.stack.postgres.RunningUser;
import io.valmed.archive.stack.process.FreePorts;
import io.valmed.archive.stack.process.ServerLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalsTest {

  private final Path scratch;

  RefusalsTest(@TempDir Path scratch) {
    this.scratch = scratch;
  }

  @Test
  void a_port_asked_for_and_in_use() throws IOException {
    try (ServerSocket squatter = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = squatter.getLocalPort();
      assertRefused(StackOptions.keptIn(scratch).withPorts(new StackPorts(port, 0, 0, 0)))
          .hasMessage(
              "Port "
                  + port
                  + " for the hot PostgreSQL is in use; stop what listens there, or let a free"
                  + " port be chosen.");
    }
    assertThat(scratch.resolve("archive/data")).doesNotExist();
  }

  @Test
  void a_file_where_the_directory_should_be() throws IOException {
    Path file = Files.createFile(scratch.resolve("file"));
    assertRefused(StackOptions.keptIn(file))
        .hasMessageStartingWith("The directory " + file + " cannot be used (")
        .hasMessageEndingWith("; give write access or choose another directory.");
  }

  @Test
  void a_directory_that_cannot_be_written() throws IOException {
    if (RunningUser.current().uid() == 0) {
      assertRefused(StackOptions.keptIn(Path.of("/proc/stack")))
          .hasMessageStartingWith("The directory /proc/stack cannot be used (");
      return;
    }
    Path locked = Files.createDirectory(scratch.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-x------"));
    assertRefused(StackOptions.keptIn(locked.resolve("stack")))
        .hasMessageContaining("permission denied");
  }

  @Test
  void a_directory_of_another_user() throws IOException {
    Assumptions.assumeTrue(RunningUser.current().uid() == 0, "only root can give a directory away");
    Files.setAttribute(scratch, "unix:uid", 65534);
    assertRefused(StackOptions.keptIn(scratch))
        .hasMessageContaining("belongs to")
        .hasMessageEndingWith("; run as that user or choose another directory.");
    Files.setAttribute(scratch, "unix:uid", 0);
  }

  @Test
  void data_of_another_major_version() throws IOException {
    Path data = Files.createDirectories(scratch.resolve("hot/data"));
    Files.writeString(data.resolve("PG_VERSION"), "16\n");
    PostgresCluster cluster =
        new PostgresCluster(
            "hot",
            scratch.resolve("hot"),
            new PostgresBinaries(System.getenv(), RunningUser.current()),
            RunningUser.current(),
            Map.of(),
            null,
            true);
    assertThatThrownBy(cluster::prepare)
        .isInstanceOf(StackException.class)
        .hasMessageContaining("is PostgreSQL 16's and this stack runs 18; carry it over with");
  }

  @Test
  void data_of_another_kafka_cluster() throws IOException {
    Path data = Files.createDirectories(scratch.resolve("data"));
    Files.writeString(data.resolve("meta.properties"), "cluster.id=theirs\nversion=1\n");
    assertThatThrownBy(
            () -> new KafkaStorage(scratch, "ours", null, false).prepare(1, 2, List.of()))
        .isInstanceOf(StackException.class)
        .hasMessageContaining("are of cluster theirs and this stack's is ours; put");
  }

  @Test
  void a_disk_that_is_full() {
    assertThatThrownBy(() -> StackDirectory.checkSpace(scratch, 10L << 20))
        .isInstanceOf(StackException.class)
        .hasMessage(
            "Only 10 MB are free in "
                + scratch
                + ", a new stack needs 600 MB; free some or choose another directory.");
  }

  @Test
  void a_disk_that_fills_up_is_told_from_the_log() throws IOException {
    Path log = scratch.resolve("postgres.log");
    Files.writeString(log, "FATAL:  could not write lock file: No space left on device\n");
    assertThat(new ServerLog(log, 0).whyNotStarted("the hot PostgreSQL", 1))
        .hasMessageContaining("no space left for the hot PostgreSQL; free some");
  }

  @Test
  void what_an_earlier_start_complained_of_is_not_held_against_this_one() throws IOException {
    Path log = scratch.resolve("kafka.log");
    Files.writeString(log, "java.net.BindException: Address already in use\n");
    ServerLog now = ServerLog.fromHere(log);
    Files.writeString(log, "ERROR broken\n", StandardOpenOption.APPEND);
    assertThat(now.whyNotStarted("the Kafka broker", 1))
        .hasMessage("The Kafka broker did not start (ERROR broken); see " + log + ".");
  }

  @Test
  void a_setting_that_would_make_it_unsafe() {
    StackOptions options = StackOptions.temporary();
    assertThatThrownBy(() -> options.withHotSetting("fsync", "off"))
        .isInstanceOf(StackException.class)
        .hasMessage("The setting fsync belongs to the local stack; leave it out.");
  }

  @Test
  void status_and_down_where_there_is_no_stack() {
    for (Path nowhere : new Path[] {scratch, scratch.resolve("missing")}) {
      assertThatThrownBy(() -> LocalStack.status(nowhere))
          .isInstanceOf(StackException.class)
          .hasMessageContaining("There is no local stack in " + nowhere);
      assertThatThrownBy(() -> LocalStack.down(nowhere)).isInstanceOf(StackException.class);
      assertThat(scratch.resolve("missing")).doesNotExist();
    }
  }

  @Test
  void a_leftover_pid_that_belongs_to_somebody_else_by_now_is_left_alone() throws IOException {
    Path data = Files.createDirectories(scratch.resolve("data"));
    long mine = ProcessHandle.current().pid();
    Files.writeString(data.resolve("postmaster.pid"), mine + "\n");
    OwnServer server = OwnServer.postgres(scratch);

    server.kill();

    assertThat(server.pid()).isEmpty();
    assertThat(server.writtenPid()).hasValue(mine);
  }

  @Test
  void free_ports_lie_where_no_outgoing_connection_can_take_them() {
    FreePorts ports = new FreePorts(new Random(7));
    assertThat(ports.next()).isBetween(20_000, 32_000).isNotEqualTo(ports.next());
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      StackOptions options) {
    return assertThatThrownBy(() -> LocalStack.start(options).close())
        .isInstanceOf(StackException.class);
  }
}
