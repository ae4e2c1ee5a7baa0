package io.valmed.archive.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.stack.postgres.PostgresServer;
import io.valmed.archive.stack.postgres.StandbyServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class StandbyServerTest {

  @Test
  void a_promoted_standby_has_the_rows_and_the_copied_slot() throws Exception {
    try (LocalStack stack =
        LocalStack.start(StackOptions.temporary().withHotSetting("shared_buffers", "32MB"))) {
      run(stack.hot(), "CREATE TABLE drugs (id int)");
      run(
          stack.hot(),
          "SELECT pg_create_logical_replication_slot('l', 'pgoutput', failover => true)");
      try (StandbyServer standby = StandbyServer.of(stack.hot(), "standby")) {
        standby.holdFailoverSlots();
        run(stack.hot(), "INSERT INTO drugs VALUES (1), (2)");
        // Its consumer goes on.
        Awaitility.await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> {
                  run(stack.hot(), "SELECT pg_log_standby_snapshot()");
                  run(
                      stack.hot(),
                      "SELECT pg_replication_slot_advance('l', pg_current_wal_flush_lsn())");
                  return "t"
                      .equals(
                          ask(
                              standby.server(),
                              "SELECT synced AND NOT temporary FROM pg_replication_slots"));
                });
        standby.awaitCopied("l");
        standby.awaitReplayed();
        assertThatThrownBy(() -> run(standby.server(), "INSERT INTO drugs VALUES (3)"))
            .hasMessageContaining("read-only");

        stack.hot().stop();
        standby.promote();

        run(standby.server(), "INSERT INTO drugs VALUES (3)");
        assertThat(ask(standby.server(), "SELECT count(*) FROM drugs")).isEqualTo("3");
        assertThat(
                ask(standby.server(), "SELECT slot_name FROM pg_replication_slots WHERE failover"))
            .isEqualTo("l");
        standby.server().kill();
        standby.server().start();
        assertThat(ask(standby.server(), "SELECT pg_is_in_recovery()")).isEqualTo("f");
      }
    }
  }

  private static void run(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getString(1) : "";
    }
  }
}
