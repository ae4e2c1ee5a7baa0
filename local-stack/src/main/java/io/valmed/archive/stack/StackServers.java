package io.valmed.archive.stack;

import io.valmed.archive.stack.kafka.KafkaServer;
import io.valmed.archive.stack.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The three servers of one directory.
 *
 * @param directory the directory
 * @param clusterId the broker's cluster id
 */
public record StackServers(
    Path directory,
    String clusterId,
    StackPorts ports,
    PostgresServer hot,
    PostgresServer archive,
    KafkaServer kafka) {

  /** Starts all at the same time; throws the first failure when each has started or failed. */
  public void startAll() {
    inParallel(
        List.of(
            () -> {
              hot.start();
              hot.createDatabase(LocalStack.HOT_DATABASE);
            },
            () -> {
              archive.start();
              archive.createDatabase(LocalStack.ARCHIVE_DATABASE);
            },
            kafka::start));
  }

  public void stopAll() {
    inParallel(List.of(hot::stop, archive::stop, kafka::stop));
  }

  public boolean anyRuns() {
    return hot.running() || archive.running() || kafka.running();
  }

  public StackState state(@Nullable ProcessHandle owner, boolean temporary) {
    return new StackState(
        directory.toString(),
        owner == null ? null : (Long) owner.pid(),
        owner == null ? null : StackOwner.startOf(owner),
        temporary,
        clusterId,
        hot.state(LocalStack.HOT_DATABASE),
        archive.state(LocalStack.ARCHIVE_DATABASE),
        kafka.state());
  }

  public static void inParallel(List<Runnable> steps) {
    ExecutorService threads = Executors.newFixedThreadPool(steps.size());
    try {
      CompletableFuture.allOf(
              steps.stream()
                  .map(step -> CompletableFuture.runAsync(step, threads))
                  .toArray(CompletableFuture<?>[]::new))
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StackException told) {
        throw told;
      }
      throw e;
    } finally {
      threads.shutdown();
    }
  }
}
