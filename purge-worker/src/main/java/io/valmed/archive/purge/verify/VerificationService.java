package io.valmed.archive.purge.verify;

import io.micrometer.core.instrument.MeterRegistry;
import io.valmed.archive.databases.identity.IdentityCheck;
import io.valmed.archive.purge.count.PurgeStanding;
import io.valmed.archive.runtime.Backoff;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.WorkLoop;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.server.NamedServers;
import io.valmed.archive.runtime.server.PrimaryHost;
import io.valmed.archive.runtime.server.ServerQuestion;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The verification that runs by itself, on a thread and in sessions of its own beside the purge: it
 * delays no page, and goes on while purging is held.
 */
public final class VerificationService implements AutoCloseable {
  private static final Duration STATEMENT_LIMIT = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration IDLE = Duration.ofMillis(100);
  private static final Duration AGAIN = Duration.ofMinutes(10);

  private final Settings settings;
  private final VerificationGauges gauges;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile WorkLoop loop;

  private VerificationService(Settings settings, VerificationGauges gauges) {
    this.settings = settings;
    this.gauges = gauges;
    this.loop = newLoop();
    this.thread = new Thread(this::run, "verification");
    // A statement behind a lock may take long to end; where it is has been kept.
    this.thread.setDaemon(true);
  }

  /**
   * One that has not been started.
   *
   * @param archive is asked when somebody asks for metrics
   */
  public static VerificationService of(
      Settings settings, MeterRegistry metrics, ServerQuestion<PurgeStanding> archive) {
    VerificationService service =
        new VerificationService(settings, new VerificationGauges(archive, InstantSource.system()));
    if (settings.verify().every() != null) {
      service.gauges.register(metrics, settings);
    }
    return service;
  }

  /** Starts, if the settings say that anything is to be compared. */
  public void start() {
    if (settings.verify().every() != null) {
      thread.start();
    }
  }

  private WorkLoop newLoop() {
    return new WorkLoop(
        "verification",
        new NamedServers(List.of(settings.hot().purger(), settings.archive().purger()), null)
            .naming(this::open),
        IDLE,
        new Backoff(Duration.ofMillis(200), Duration.ofSeconds(15), new Random()));
  }

  /** What asks for a person ends no verification for ever: the person may have acted. */
  private void run() {
    loop.run();
    while (loop.state() instanceof LoopState.Failed && !stopped(AGAIN)) {
      loop = newLoop();
      if (!stopped(Duration.ZERO)) {
        loop.run();
      }
    }
  }

  private boolean stopped(Duration within) {
    try {
      return stop.await(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private Work open() throws SQLException {
    String name = "archive verification " + settings.purge().worker();
    Connection hot =
        DigestSession.openByKey(PrimaryHost.of(settings.hot().purger()), name, STATEMENT_LIMIT);
    try {
      Connection archive =
          DigestSession.openByKey(
              PrimaryHost.of(settings.archive().purger()), name, STATEMENT_LIMIT);
      try {
        IdentityCheck check = new IdentityCheck(settings);
        IdentityCheck.pair(check.hot(hot), check.archive(archive));
        endWhenFrozen(archive);
        return new OngoingVerification(hot, archive, settings, gauges, System::nanoTime);
      } catch (SQLException | RuntimeException e) {
        try (archive) {
          throw e;
        }
      }
    } catch (SQLException | RuntimeException e) {
      try (hot) {
        throw e;
      }
    }
  }

  /** A process that stands still lets go of the lock; another one goes on in its place. */
  private static void endWhenFrozen(Connection archive) throws SQLException {
    try (Statement statement = archive.createStatement()) {
      statement.execute("SET idle_session_timeout = '10min'");
    }
  }

  /** A line on a verification that stands still, ended; empty: it does not. */
  public String remark() {
    LoopState state = loop.state();
    return state.failure() == null ? "" : "verification " + state.describe() + "\n";
  }

  /** Lets the page under way end, if it does so soon. */
  @Override
  public void close() {
    stop.countDown();
    loop.requestStop();
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
