package io.valmed.archive.purge;

import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.PostgresServer;
import io.valmed.archive.stack.StackOptions;
import java.util.concurrent.atomic.AtomicInteger;

/** The JVM's one stack. */
final class TestServers {
  static final String PASSWORD = "purger's password";
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final LocalStack STACK = LocalStack.start(StackOptions.temporary());

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(STACK::close));
  }

  private TestServers() {}

  static PostgresServer hot() {
    return STACK.hot();
  }

  static PostgresServer archive() {
    return STACK.archive();
  }

  /** A name that nothing on either server has yet. */
  static String freshName() {
    return "purge" + COUNT.incrementAndGet();
  }
}
