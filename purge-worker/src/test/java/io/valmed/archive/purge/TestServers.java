package io.valmed.archive.purge;

import io.valmed.archive.migrations.Migrations;
import io.valmed.archive.migrations.Target;
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import io.valmed.archive.stack.postgres.PostgresServer;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** The JVM's one stack. */
final class TestServers {
  static final String PASSWORD = "purger's password";
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final LocalStack STACK = LocalStack.start(StackOptions.temporary());

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(STACK::close));
  }

  private static final TestDatabase HOT_TEMPLATE = template(STACK.hot(), Target.HOT);
  private static final TestDatabase ARCHIVE_TEMPLATE = template(STACK.archive(), Target.ARCHIVE);

  private TestServers() {}

  private static TestDatabase template(PostgresServer server, Target target) {
    server.createDatabase("template_migrated");
    TestDatabase database = new TestDatabase(server, "template_migrated");
    try {
      Migrations.of(target, database.superuser()).up();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return database;
  }

  static TestDatabase hotTemplate() {
    return HOT_TEMPLATE;
  }

  static TestDatabase archiveTemplate() {
    return ARCHIVE_TEMPLATE;
  }

  /** A name that nothing on either server has yet. */
  static String freshName() {
    return "purge" + COUNT.incrementAndGet();
  }
}
