package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.servers.Servers;
import io.valmed.archive.e2e.servers.StandbyPair;
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.kafka.KafkaServer;
import io.valmed.archive.stack.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The servers of a scene. Those with standbys are its own and end with it. */
final class Machines implements AutoCloseable {
  private final LocalStack stack;
  private final @Nullable StandbyPair pair;

  private Machines(LocalStack stack, @Nullable StandbyPair pair) {
    this.stack = stack;
    this.pair = pair;
  }

  /** Servers that other scenes use too, after this one. */
  static Machines shared(LocalStack stack) {
    return new Machines(stack, null);
  }

  static Machines withStandbys() {
    StandbyPair pair = StandbyPair.start();
    pair.hotStandby().holdFailoverSlots();
    return new Machines(pair.stack(), pair);
  }

  Servers servers() {
    return pair == null ? Servers.of(stack) : pair;
  }

  boolean shared() {
    return pair == null;
  }

  StandbyPair standbys() {
    return Objects.requireNonNull(pair, "these servers have no standbys");
  }

  /** Hot's primary of now. */
  PostgresServer hot() {
    return pair == null ? stack.hot() : pair.hotServer();
  }

  /** The archive's primary of now. */
  PostgresServer archive() {
    return pair == null ? stack.archive() : pair.archiveServer();
  }

  KafkaServer kafka() {
    return stack.kafka();
  }

  Path directory() {
    return stack.directory();
  }

  @Override
  public void close() {
    if (pair != null) {
      pair.close();
    }
  }
}
