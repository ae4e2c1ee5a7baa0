package io.valmed.archive.e2e.servers;

import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;

/** A hot PostgreSQL, an archive PostgreSQL and a Kafka broker, gone with their data at the end. */
public interface Servers extends AutoCloseable {

  /** The system property that says what they are. */
  String CHOICE = "stack";

  /** Starts all three and returns when they answer. */
  static Servers start(StackOptions options) {
    String choice = System.getProperty(CHOICE, "local");
    return switch (choice) {
      case "local" -> LocalServers.start(options);
      case "containers" -> ContainerServers.start(options);
      default ->
          throw new IllegalArgumentException(
              "-D" + CHOICE + " is local or containers, not " + choice);
    };
  }

  /** A local stack that runs already, whatever was chosen. */
  static Servers of(LocalStack stack) {
    return new LocalServers(stack);
  }

  Postgres hot();

  Postgres archive();

  Broker kafka();

  /** Whether they can keep data in a directory of this machine. */
  boolean onThisMachinesDisk();

  @Override
  void close();
}
