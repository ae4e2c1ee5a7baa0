package io.valmed.archive.e2e.support;

import io.valmed.archive.model.RowDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The application: sessions that write to hot at the same time and keep the ledger. */
public final class Traffic implements AutoCloseable {
  private final ExecutorService threads;
  private final List<Future<?>> sessions = new ArrayList<>();
  private volatile boolean stopped;

  private Traffic(int sessions) {
    this.threads = Executors.newFixedThreadPool(sessions);
  }

  /**
   * Starts sessions that write until {@link #stop}.
   *
   * @param seed decides what they do, printed when a test fails
   * @param pauseMillis wait between two transactions of one session
   */
  public static Traffic start(
      Installation installation, Ledger ledger, int sessions, long seed, int pauseMillis) {
    Traffic traffic = new Traffic(sessions);
    for (int i = 0; i < sessions; i++) {
      Random random = new Random(seed + i);
      traffic.sessions.add(
          traffic.threads.submit(
              (Callable<Void>)
                  () -> {
                    try (Connection connection = connect(installation)) {
                      TrafficSession session =
                          new TrafficSession(installation.world(), connection, random, ledger);
                      while (!traffic.stopped) {
                        session.transaction(1 + random.nextInt(12));
                        Thread.sleep(random.nextInt(pauseMillis + 1));
                      }
                    }
                    return null;
                  }));
    }
    return traffic;
  }

  /** Writes that many transactions in one session, on the caller's thread. */
  public static void write(Installation installation, Ledger ledger, int transactions, long seed)
      throws SQLException {
    Random random = new Random(seed);
    try (Connection connection = connect(installation)) {
      TrafficSession session = new TrafficSession(installation.world(), connection, random, ledger);
      for (int i = 0; i < transactions; i++) {
        session.transaction(1 + random.nextInt(12));
      }
    }
  }

  /** Lets every session end its transaction; fails when one of them failed. */
  public void stop() throws ExecutionException, InterruptedException {
    stopped = true;
    for (Future<?> session : sessions) {
      session.get();
    }
    threads.shutdown();
  }

  @Override
  public void close() {
    stopped = true;
    threads.shutdownNow();
  }

  private static Connection connect(Installation installation) throws SQLException {
    Connection connection = installation.hotAsOwner();
    try (Statement statement = connection.createStatement()) {
      statement.execute(RowDigest.SESSION_SETTINGS);
      statement.execute("SET search_path = public");
    }
    return connection;
  }
}
