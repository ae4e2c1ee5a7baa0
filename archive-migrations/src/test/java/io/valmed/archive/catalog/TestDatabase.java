package io.valmed.archive.catalog;

import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import io.valmed.archive.stack.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A database of its own on the JVM's one stack.
 *
 * @param server where
 * @param name its name
 */
public record TestDatabase(PostgresServer server, String name) {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final LocalStack STACK = LocalStack.start(StackOptions.temporary());

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(STACK::close));
  }

  /** An empty database on the hot server. */
  public static TestDatabase hot() {
    return on(STACK.hot(), "hot");
  }

  /** A database on the hot server with ValMed's tables and the product's, unprovisioned. */
  public static TestDatabase valmed() throws SQLException {
    TestDatabase hot = hot();
    Migrations.of(Target.SAMPLE, hot.superuser()).up();
    Migrations.of(Target.HOT, hot.superuser()).up();
    return hot;
  }

  /** A database on the hot server that takes any bytes for texts, with the product's tables. */
  public static TestDatabase ofUnknownEncoding() throws SQLException {
    TestDatabase any = new TestDatabase(STACK.hot(), "ascii" + COUNT.incrementAndGet());
    new TestDatabase(STACK.hot(), "postgres")
        .run(
            "CREATE DATABASE %s ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'"
                .formatted(any.name));
    Migrations.of(Target.HOT, any.superuser()).up();
    return any;
  }

  /** An empty database on the archive server. */
  public static TestDatabase archive() {
    return on(STACK.archive(), "archive");
  }

  private static TestDatabase on(PostgresServer server, String kind) {
    TestDatabase database = new TestDatabase(server, kind + COUNT.incrementAndGet());
    server.createDatabase(database.name);
    return database;
  }

  /** The superuser's way in. */
  public DatabaseLogin superuser() {
    return login(server.superuser(), server.passwordFile());
  }

  /** Another role's way in. */
  public DatabaseLogin login(String role, @Nullable Path passwordFile) {
    return new DatabaseLogin(server.jdbcUrl(name), role, passwordFile);
  }

  /** Runs statements as the superuser. */
  public void run(String sql) throws SQLException {
    try (Connection connection = superuser().connect("test");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of all rows as the superuser sees them. */
  public List<String> list(String sql) throws SQLException {
    try (Connection connection = superuser().connect("test");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> list = new ArrayList<>();
      while (rows.next()) {
        list.add(String.valueOf(rows.getString(1)));
      }
      return list;
    }
  }

  /** The one value as the superuser sees it. */
  public String value(String sql) throws SQLException {
    return list(sql).get(0);
  }
}
