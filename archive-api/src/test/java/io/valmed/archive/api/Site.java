package io.valmed.archive.api;

import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SettingsReader;
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import io.valmed.archive.stack.postgres.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A hot and an archive database of their own, migrated, on the JVM's one stack. In the archive the
 * api has the roles that provisioning gives it, and no more.
 */
record Site(String name, Path folder, Settings settings) {
  static final String TOKEN = "a token that nobody guesses";
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final LocalStack STACK = LocalStack.start(StackOptions.temporary());

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(STACK::close));
  }

  static Site make(Path folder) throws SQLException, IOException {
    String name = "api" + COUNT.incrementAndGet();
    migrate(STACK.hot(), name, Target.HOT);
    migrate(STACK.archive(), name, Target.ARCHIVE);
    run(
        STACK.archive(),
        name,
        """
        CREATE ROLE %1$s_purger LOGIN PASSWORD 'secret' IN ROLE arc_purger_group;
        CREATE ROLE %1$s_reader LOGIN PASSWORD 'secret' IN ROLE arc_reader_group;
        """
            .formatted(name));
    Files.writeString(folder.resolve("password"), "secret\n");
    Files.writeString(folder.resolve("token"), TOKEN + "\n");
    return new Site(name, folder, settings(folder, name, ""));
  }

  /** The same with other values of the environment. */
  Settings with(String more) throws IOException {
    return settings(folder, name, more);
  }

  private static Settings settings(Path folder, String name, String more) throws IOException {
    Path file = folder.resolve("archive.yaml");
    String text =
        """
        prefix: hospital
        hot:
          url: %1$s
          migrator: { user: %2$s, password-file: %3$s }
          capture: { user: %2$s, password-file: %3$s }
          purger: { user: %2$s, password-file: %3$s }
        archive:
          url: %4$s
          migrator: { user: %5$s, password-file: %6$s }
          sink: { user: %5$s, password-file: %6$s }
          purger: { user: %7$s_purger, password-file: password }
          reader: { user: %7$s_reader, password-file: password }
        kafka: { bootstrap-servers: "127.0.0.1:9" }
        policy:
          roots:
            public.medication_orders:
              age: created_at
              children: { public.medication_administrations: order_id }
          reference: { public.drugs: {} }
        api: { port: 0, %8$s }
        """
            .formatted(
                STACK.hot().jdbcUrl(name),
                STACK.hot().superuser(),
                STACK.hot().passwordFile(),
                STACK.archive().jdbcUrl(name),
                STACK.archive().superuser(),
                STACK.archive().passwordFile(),
                name,
                more);
    Files.writeString(file, text);
    return SettingsReader.read(file, Map.of());
  }

  private static void migrate(PostgresServer server, String name, Target target)
      throws SQLException {
    server.createDatabase(name);
    Migrations.of(
            target,
            new DatabaseLogin(server.jdbcUrl(name), server.superuser(), server.passwordFile()))
        .up();
  }

  /** Runs SQL in the archive, as superuser. */
  void archive(String sql) throws SQLException {
    run(STACK.archive(), name, sql);
  }

  /** How many rows of a table of the product's. */
  long count(String from) throws SQLException {
    try (Connection connection = STACK.archive().connect(name)) {
      return new Query(connection)
          .rows(row -> row.getLong(1), "SELECT count(*) FROM arc." + from)
          .get(0);
    }
  }

  /** How often the archive has refused that role. */
  long failedLogins(String role) throws IOException {
    try (Stream<String> lines =
        Files.lines(STACK.archive().logFile(), StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.contains("\"" + role + "\" is not permitted to log in"))
          .count();
    }
  }

  private static void run(PostgresServer server, String name, String sql) throws SQLException {
    try (Connection connection = server.connect(name);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
