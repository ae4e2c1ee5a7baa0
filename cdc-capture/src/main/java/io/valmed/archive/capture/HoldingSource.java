package io.valmed.archive.capture;

import io.valmed.archive.capture.stream.PurgeHolds;
import io.valmed.archive.databases.identity.OtherInstallationException;
import io.valmed.archive.databases.schema.OtherReleaseException;
import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.Work;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds all purging when capture stops for good: until a person has looked, nobody knows whether
 * the archive has everything.
 */
public final class HoldingSource implements Work.Source {
  private static final Logger log = LoggerFactory.getLogger(HoldingSource.class);

  private final Work.Source source;
  private final PurgeHolds holds;

  public HoldingSource(Work.Source source, PurgeHolds holds) {
    this.source = source;
    this.holds = holds;
  }

  @Override
  public Work open() throws Exception {
    Work work = holding(source::open);
    return new Work() {
      @Override
      public Next step() throws Exception {
        return holding(work::step);
      }

      @Override
      public void close() {
        work.close();
      }
    };
  }

  private <T> T holding(Callable<T> deed) throws Exception {
    try {
      return deed.call();
    } catch (InterruptedException e) {
      // It was told to end, as whoever is interrupted below.
      throw e;
    } catch (Exception e) {
      if (!Thread.currentThread().isInterrupted()
          && FailureKind.of(e) != FailureKind.RETRY
          && !(e instanceof OtherInstallationException)
          && !(e instanceof OtherReleaseException)) {
        hold(Failures.sentence(e));
      }
      throw e;
    } catch (Error e) {
      hold("Capture ended by " + e.getClass().getName() + ". See its log, and start it again.");
      throw e;
    }
  }

  private void hold(String reason) {
    try {
      holds.holdForGood(reason);
    } catch (SQLException | RuntimeException e) {
      log.error(
          "purging could not be held, hold it yourself: {} ({})", reason, Failures.sentence(e));
    }
  }
}
