package io.valmed.archive.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.stack.postgres.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptStackTest {

  private final Path scratch;

  KeptStackTest(@TempDir Path scratch) {
    this.scratch = scratch;
  }

  private Path directory() {
    return scratch.resolve("kept stack");
  }

  @AfterEach
  void nothing_stays_behind() {
    if (Files.exists(directory().resolve("stack.json"))) {
      LocalStack.down(directory());
    }
  }

  @Test
  void data_and_addresses_survive_a_stop_and_a_taken_port_is_replaced_with_a_word()
      throws Exception {
    StackState before;
    try (LocalStack stack = LocalStack.start(StackOptions.keptIn(directory()))) {
      write(stack.hot(), "first");
      before = stack.state();
    }
    assertThat(LocalStack.status(directory()).running()).isFalse();

    try (ServerSocket squatter =
            new ServerSocket(before.archive().port(), 1, InetAddress.getLoopbackAddress());
        LocalStack stack = LocalStack.start(StackOptions.keptIn(directory()))) {
      assertThat(read(stack.hot())).isEqualTo("first");
      assertThat(stack.hot().port()).isEqualTo(before.hot().port());
      assertThat(stack.kafka().bootstrapServers()).isEqualTo(before.kafka().bootstrapServers());
      assertThat(stack.archive().port()).isNotEqualTo(squatter.getLocalPort());
      assertThat(stack.notes())
          .singleElement()
          .asString()
          .contains("archive PostgreSQL", Integer.toString(squatter.getLocalPort()));
    }
  }

  @Test
  void what_a_killed_run_left_running_is_taken_over() throws Exception {
    StackState left;
    try (OtherProcess other = other("keep", directory().toString())) {
      other.awaitReady();
      assertThatThrownBy(() -> LocalStack.down(directory()))
          .isInstanceOf(StackException.class)
          .hasMessageContaining("is in use by process");
      left = LocalStack.status(directory());
      other.kill();
    }
    assertThat(LocalStack.status(directory()).owner()).isNull();

    try (LocalStack stack = LocalStack.start(StackOptions.keptIn(directory()))) {
      assertThat(stack.hot().pid()).isEqualTo(left.hot().pid());
      assertThat(stack.kafka().pid()).isEqualTo(left.kafka().pid());
      assertThat(stack.notes()).hasSize(3).allMatch(note -> note.startsWith("Took over"));
      write(stack.archive(), "still the same server");
    }
    assertThat(LocalStack.status(directory()).hot().running()).isFalse();
  }

  @Test
  void a_stack_that_is_up_outlives_the_process_that_started_it() throws Exception {
    try (OtherProcess other = other("up", directory().toString())) {
      other.awaitReady();
      assertThat(other.awaitEnd()).isZero();
    }
    StackState up = LocalStack.status(directory());
    assertThat(up.running()).isTrue();
    assertThat(up.owner()).isNull();

    try (LocalStack user = LocalStack.start(StackOptions.keptIn(directory()))) {
      assertThat(user.hot().pid()).isEqualTo(up.hot().pid());
    }
    assertThat(LocalStack.status(directory()).running()).isTrue();

    List<String> notes = new ArrayList<>();
    assertThat(LocalStack.up(StackOptions.keptIn(directory()), notes)).isEqualTo(up);
    assertThat(notes).hasSize(3).allMatch(note -> note.endsWith("that is already up."));

    StackState down = LocalStack.down(directory());
    assertThat(down.hot().running() || down.archive().running() || down.kafka().running())
        .isFalse();
  }

  private OtherProcess other(String... arguments) throws IOException {
    return OtherProcess.run(
        scratch, scratch, List.of(), OtherProcess.ownClassPath(), arguments[0], quoted(arguments));
  }

  private static String quoted(String... arguments) {
    return '"' + arguments[1] + '"';
  }

  private static void write(PostgresServer server, String word) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("create table words as select '" + word + "' as word");
    }
  }

  private static String read(PostgresServer server) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select word from words")) {
      rows.next();
      return rows.getString(1);
    }
  }
}
