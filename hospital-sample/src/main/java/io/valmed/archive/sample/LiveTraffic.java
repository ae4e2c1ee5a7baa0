package io.valmed.archive.sample;

import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wards at work on the hot database, at a steady rate, until told to stop. */
public final class LiveTraffic implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LiveTraffic.class);
  private static final int WARDS = 2;

  /** A row or lock that purge or another ward had first: not a fault of either. */
  private static final Set<String> LOST_A_RACE =
      Set.of("23503", "23505", "40001", "40P01", "55P03");

  /** Opens one connection to the hot database for an application that may change its tables. */
  @FunctionalInterface
  public interface Connector {
    Connection connect() throws SQLException;
  }

  private final Connector connector;
  private final double perSecond;
  private final long seed;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<Thread> wards = new ArrayList<>();
  private volatile LiveCounts counts = LiveCounts.NONE;
  private volatile @Nullable SQLException failure;

  /**
   * @param connector opens each ward's own connection
   * @param perSecond transactions a second of all wards together, above 0
   * @param seed what they do
   */
  public LiveTraffic(Connector connector, double perSecond, long seed) {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("live traffic needs a rate above 0");
    }
    this.connector = connector;
    this.perSecond = perSecond;
    this.seed = seed;
  }

  /** Traffic in the hot database that this login opens. */
  public static LiveTraffic of(DatabaseLogin hot, double perSecond, long seed) {
    return new LiveTraffic(() -> hot.connect("archive sample"), perSecond, seed);
  }

  /** Begins. */
  public void start() {
    for (int i = 0; i < WARDS; i++) {
      int number = i;
      Thread ward = new Thread(() -> work(number), "ward-" + number);
      ward.setDaemon(true);
      wards.add(ward);
      ward.start();
    }
  }

  /** What has been committed so far. */
  public LiveCounts counts() {
    return counts;
  }

  /** What ended a ward's work before its time; null: nothing did. */
  public @Nullable SQLException failure() {
    return failure;
  }

  /** Ends after the transactions under way; what {@link #counts} tells is final then. */
  @Override
  public void close() {
    stop.countDown();
    boolean interrupted = false;
    for (Thread ward : wards) {
      while (ward.isAlive()) {
        try {
          ward.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work(int number) {
    SplittableRandom random = new SplittableRandom(seed + number);
    long pause = (long) (1e9 * WARDS / perSecond);
    try (Connection connection = connector.connect()) {
      LocalDateTime now = SampleLoader.hotNow(connection);
      SampleData data = new SampleData(seed, 0, Duration.ZERO, now);
      connection.setAutoCommit(false);
      long next = System.nanoTime();
      while (!stop.await(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        step(connection, new WardTransaction(connection, data, random));
        // A ward that was held up does not make up for it with a burst.
        next = Math.max(next + pause, System.nanoTime() - pause);
      }
    } catch (SQLException e) {
      failure = e;
      log.warn("live traffic ended: {}", Failures.sentence(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void step(Connection connection, WardTransaction transaction) throws SQLException {
    try {
      transaction.run();
      connection.commit();
      add(transaction.counts());
    } catch (SQLException e) {
      if (!LOST_A_RACE.contains(String.valueOf(e.getSQLState()))) {
        throw e;
      }
      connection.rollback();
      add(LiveCounts.ONE_REFUSED);
    }
  }

  private synchronized void add(LiveCounts more) {
    counts = counts.plus(more);
  }
}
