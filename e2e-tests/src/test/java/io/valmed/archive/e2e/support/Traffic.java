package io.valmed.archive.e2e.support;

import io.valmed.archive.model.change.RowDigest;
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

/**
 * The application: sessions that write to hot at the same time and keep the ledger. A session whose
 * connection is lost connects again and goes on.
 */
public final class Traffic implements AutoCloseable {
  private static final long RECONNECT_MILLIS = 200;

  private final ExecutorService threads;
  private final List<Future<?>> sessions = new ArrayList<>();
  private volatile boolean stopped;

  private Traffic(int sessions) {
    this.threads = Executors.newFixedThreadPool(sessions);
  }

  /**
   * How the sessions write.
   *
   * @param sessions how many
   * @param pauseMillis longest wait between two transactions of one session
   * @param bulkEvery one in so many transactions has thousands of rows, the 10th of each first
   *     session in any case; 0: none
   */
  public record Pace(int sessions, int pauseMillis, int bulkEvery) {}

  /**
   * Starts sessions that write until {@link #stop}.
   *
   * @param seed decides what they do, printed when a test fails
   */
  public static Traffic start(Installation installation, Ledger ledger, Pace pace, long seed)
      throws SQLException {
    installation.inHot(TrafficSession.MARKS);
    Traffic traffic = new Traffic(pace.sessions());
    for (int i = 0; i < pace.sessions(); i++) {
      Random random = new Random(seed * 31 + i);
      boolean first = i == 0;
      traffic.sessions.add(
          traffic.threads.submit(
              (Callable<Void>)
                  () -> {
                    traffic.write(installation, ledger, pace, random, first);
                    return null;
                  }));
    }
    return traffic;
  }

  private void write(
      Installation installation, Ledger ledger, Pace pace, Random random, boolean first)
      throws SQLException, InterruptedException {
    Connection connection = connect(installation);
    try {
      TrafficSession session = new TrafficSession(installation.world(), connection, random, ledger);
      for (int done = 1; !stopped; done++) {
        try {
          boolean bulk =
              pace.bulkEvery() > 0
                  && ((first && done == 10) || random.nextInt(pace.bulkEvery()) == 0);
          transaction(session, random, bulk);
          Thread.sleep(random.nextInt(pace.pauseMillis() + 1));
        } catch (SQLException e) {
          if (!connectionLost(e)) {
            throw e;
          }
          letGo(connection);
          connection = reconnect(installation, session);
        }
      }
    } finally {
      letGo(connection);
    }
  }

  /** Without a word to the server: a lost one cannot be told that the session ends. */
  private static void letGo(Connection connection) throws SQLException {
    connection.abort(Runnable::run);
  }

  private static void transaction(TrafficSession session, Random random, boolean bulk)
      throws SQLException, InterruptedException {
    if (bulk) {
      session.bulk();
    } else if (random.nextInt(40) == 0) {
      session.copy();
    } else {
      boolean longOne = random.nextInt(60) == 0;
      session.transaction(1 + random.nextInt(12), longOne ? 1_000 + random.nextInt(3_000) : 0);
    }
  }

  private static Connection reconnect(Installation installation, TrafficSession session)
      throws SQLException, InterruptedException {
    while (true) {
      try {
        Connection connection = connect(installation);
        try {
          session.goOn(connection);
          return connection;
        } catch (SQLException e) {
          letGo(connection);
          throw e;
        }
      } catch (SQLException e) {
        if (!connectionLost(e)) {
          throw e;
        }
        Thread.sleep(RECONNECT_MILLIS);
      }
    }
  }

  /** The server went away, or is not there yet. */
  private static boolean connectionLost(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("08") || state.startsWith("57P");
  }

  /** Writes that many transactions in one session, on the caller's thread. */
  public static void write(Installation installation, Ledger ledger, int transactions, long seed)
      throws SQLException, InterruptedException {
    installation.inHot(TrafficSession.MARKS);
    Random random = new Random(seed);
    try (Connection connection = connect(installation)) {
      TrafficSession session = new TrafficSession(installation.world(), connection, random, ledger);
      for (int i = 0; i < transactions; i++) {
        session.transaction(1 + random.nextInt(12), 0);
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
      return connection;
    } catch (SQLException e) {
      letGo(connection);
      throw e;
    }
  }
}
