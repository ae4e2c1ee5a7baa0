package io.valmed.archive.capture.phase;

import io.valmed.archive.capture.stream.ChangeLog;
import io.valmed.archive.runtime.Work;
import java.util.List;

/** One opening of capture: its phases, one after the other. */
public final class CaptureWork implements Work {
  private final ChangeLog log;
  private final List<AutoCloseable> resources;
  private Phase phase;

  /**
   * @param log where everything goes
   * @param resources what else is to be closed at the end
   * @param first the phase that it begins with
   */
  public CaptureWork(ChangeLog log, List<AutoCloseable> resources, Phase first) {
    this.log = log;
    this.resources = List.copyOf(resources);
    this.phase = first;
  }

  @Override
  public Next step() throws Exception {
    phase = phase.step();
    return Next.AGAIN;
  }

  @Override
  public void close() {
    // The log first: readers wait behind a transaction that is left open.
    Closing.quietly(log);
    Closing.quietly(phase);
    resources.forEach(Closing::quietly);
  }
}
