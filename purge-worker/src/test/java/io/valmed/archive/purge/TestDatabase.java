package io.valmed.archive.purge;

import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.stack.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** One database, seen as superuser. */
record TestDatabase(PostgresServer server, String name) {

  static TestDatabase copyOf(TestDatabase template, String name) throws SQLException {
    new TestDatabase(template.server, "postgres")
        .run("CREATE DATABASE %s TEMPLATE %s".formatted(name, template.name));
    return new TestDatabase(template.server, name);
  }

  DatabaseLogin superuser() {
    return new DatabaseLogin(server.jdbcUrl(name), server.superuser(), server.passwordFile());
  }

  DatabaseLogin login(String role) throws IOException {
    Path password = Files.createTempFile("purge-test", ".password");
    Files.writeString(password, TestServers.PASSWORD);
    password.toFile().deleteOnExit();
    return new DatabaseLogin(server.jdbcUrl(name), role, password);
  }

  void createRole(String role) throws SQLException {
    run(
        "CREATE ROLE %s LOGIN PASSWORD '%s'"
            .formatted(role, TestServers.PASSWORD.replace("'", "''")));
  }

  /** How messages name it. */
  String place(String server) {
    return "%s (127.0.0.1:%d, database %s)".formatted(server, this.server.port(), name);
  }

  Connection connect() throws SQLException {
    return superuser().connect("test");
  }

  /** One session for many statements: opening one costs more than most of them. */
  TestSession session() throws SQLException {
    return new TestSession(connect());
  }

  void run(String sql) throws SQLException {
    try (TestSession session = session()) {
      session.run(sql);
    }
  }

  /** Ends all other sessions of the database, as a network failure would. */
  void cutSessions() throws SQLException {
    run(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
  }

  List<String> list(String sql) throws SQLException {
    try (TestSession session = session()) {
      return session.list(sql);
    }
  }

  long count(String from) throws SQLException {
    return Long.parseLong(list("SELECT count(*) FROM " + from).get(0));
  }
}
