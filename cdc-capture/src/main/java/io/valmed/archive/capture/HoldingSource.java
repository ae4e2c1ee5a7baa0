package io.valmed.archive.capture;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.Work;
import java.util.concurrent.Callable;

/**
 * Holds all purging when capture stops for good: until a person has looked, nobody knows whether
 * the archive has everything.
 */
final class HoldingSource implements Work.Source {
  private final Work.Source source;
  private final PurgeHolds holds;

  HoldingSource(Work.Source source, PurgeHolds holds) {
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
    } catch (StopException e) {
      holds.hold(PurgeHolds.EVERYTHING, String.valueOf(e.getMessage()));
      throw e;
    }
  }
}
