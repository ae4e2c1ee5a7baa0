package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.server.DatabaseTls;
import io.valmed.archive.runtime.server.NamedServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real servers refuse, break off and do not answer is told with their names, in words. */
class ServersAreNamedTest {
  private static final TestDatabase HOT = TestServers.hotTemplate();

  @TempDir Path folder;

  private static DatabaseLogin at(String url, String user, @Nullable Path password) {
    return new DatabaseLogin(url, user, password, DatabaseTls.IF_OFFERED, "hot");
  }

  private static DatabaseLogin superuser(String database) {
    return at(
        HOT.server().jdbcUrl(database), HOT.server().superuser(), HOT.server().passwordFile());
  }

  private static String address() {
    return HOT.server().jdbcUrl("x").replaceAll("^jdbc:postgresql://|/x.*$", "");
  }

  private static Throwable refusal(DatabaseLogin login) {
    return catchThrowable(() -> login.connect("test").close());
  }

  @Test
  void a_closed_port() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }

    Throwable failure =
        refusal(at("jdbc:postgresql://127.0.0.1:" + port + "/hospital", "arc_purger", null));

    assertThat(FailureKind.of(failure)).isEqualTo(FailureKind.RETRY);
    assertThat(Failures.sentence(failure))
        .isEqualTo(
            "hot (127.0.0.1:%1$d, database hospital, user arc_purger): it refuses connections; nothing listens on that port. See that PostgreSQL runs there and can be reached from here ('pg_isready -h 127.0.0.1 -p %1$d'), or correct 'hot.url' in the settings."
                .formatted(port));
  }

  @Test
  void a_host_that_nobody_knows() {
    Throwable failure = refusal(at("jdbc:postgresql://no-such-host.invalid/hospital", "u", null));

    assertThat(FailureKind.of(failure)).isEqualTo(FailureKind.RETRY);
    assertThat(Failures.sentence(failure))
        .startsWith(
            "hot (no-such-host.invalid, database hospital, user u): the name of the host is not known here. ")
        .contains("'pg_isready -h no-such-host.invalid'");
  }

  @Test
  void a_port_behind_which_something_else_hangs_up() throws Exception {
    Throwable failure;
    int port;
    Thread hanging;
    try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      port = other.getLocalPort();
      hanging = new Thread(() -> hangUp(other));
      hanging.start();
      failure = refusal(at("jdbc:postgresql://127.0.0.1:" + port + "/db", "u", null));
    }
    hanging.join();

    assertThat(FailureKind.of(failure)).isEqualTo(FailureKind.RETRY);
    assertThat(Failures.sentence(failure))
        .startsWith("hot (127.0.0.1:" + port + ", database db, user u): ")
        .contains("pg_isready")
        .doesNotContainIgnoringCase("null");
  }

  private static void hangUp(ServerSocket other) {
    try {
      while (true) {
        Socket asked = other.accept();
        asked.close();
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  @Test
  void a_database_that_is_not_there() {
    Throwable failure = refusal(superuser("nowhere"));

    assertThat(FailureKind.of(failure)).isEqualTo(FailureKind.STOP);
    assertThat(Failures.sentence(failure))
        .startsWith(
            "hot (%s, database nowhere, user %s): there is no such database on that server. Make it ('createdb')"
                .formatted(address(), HOT.server().superuser()));
  }

  @Test
  void a_wrong_password() throws IOException {
    Path wrong = Files.writeString(folder.resolve("password"), "wrong");

    Throwable failure =
        refusal(at(HOT.server().jdbcUrl(HOT.name()), HOT.server().superuser(), wrong));

    assertThat(FailureKind.of(failure)).isEqualTo(FailureKind.STOP);
    assertThat(Failures.sentence(failure))
        .contains(HOT.server().superuser() + " at hot, " + HOT.server().jdbcUrl(HOT.name()))
        .contains("is wrong; write the right one into " + wrong);
  }

  @Test
  void a_role_without_a_connection_left() throws Exception {
    String role = TestServers.freshName();
    HOT.createRole(role);
    HOT.run("ALTER ROLE " + role + " CONNECTION LIMIT 0");
    DatabaseLogin login = HOT.login(role);

    Throwable failure = refusal(at(login.url(), role, login.passwordFile()));

    assertThat(FailureKind.of(failure)).isEqualTo(FailureKind.RETRY);
    assertThat(Failures.sentence(failure))
        .contains("user " + role + "): it has no connection left for this role; end sessions")
        .contains("CONNECTION LIMIT");
  }

  @Test
  void a_session_that_somebody_ended_is_one_of_the_servers_that_the_work_talks_to()
      throws Exception {
    DatabaseLogin hot = superuser("postgres");
    try (Connection session = hot.connect("test");
        Statement statement = session.createStatement()) {
      int pid = session.unwrap(org.postgresql.PGConnection.class).getBackendPID();
      HOT.run("SELECT pg_terminate_backend(" + pid + ", 10000)");

      Throwable first = catchThrowable(() -> statement.execute("SELECT 1"));
      Throwable second = catchThrowable(() -> session.createStatement().execute("SELECT 1"));

      assertThat(FailureKind.of(first)).isEqualTo(FailureKind.RETRY);
      assertThat(new NamedServers(List.of(hot), null).sentence(first))
          .isEqualTo(
              "hot (%s, database postgres): it ended the session: somebody ended it there, or the server is stopped (SQLSTATE 57P01). Try again; if it happens again, see that server's log."
                  .formatted(address()));
      assertThat(Failures.sentence(first)).contains("somebody ended it there");
      assertThat(new NamedServers(List.of(hot), null).sentence(second))
          .startsWith("hot (")
          .doesNotContainIgnoringCase("null");
    }
  }

  @Test
  void a_statement_that_took_too_long_keeps_its_kind_when_it_is_named() throws Exception {
    DatabaseLogin hot = superuser("postgres");
    try (Connection session = hot.connect("test");
        Statement statement = session.createStatement()) {
      statement.execute("SET statement_timeout = 50");

      SQLException failure =
          (SQLException) catchThrowable(() -> statement.execute("SELECT pg_sleep(9)"));
      Exception named = new NamedServers(List.of(hot), null).named(failure);

      assertThat(FailureKind.of(named)).isEqualTo(FailureKind.RETRY);
      assertThat(Failures.sentence(named))
          .startsWith("hot (" + address() + ", database postgres): the statement was cancelled: ");
    }
  }

  @Test
  void what_a_statement_is_refused_for_stays_as_the_server_says_it() throws Exception {
    DatabaseLogin hot = superuser("postgres");
    try (Connection session = hot.connect("test");
        Statement statement = session.createStatement()) {
      SQLException failure =
          (SQLException) catchThrowable(() -> statement.execute("SELECT * FROM nothing"));

      assertThat(new NamedServers(List.of(hot), null).named(failure)).isSameAs(failure);
    }
  }
}
