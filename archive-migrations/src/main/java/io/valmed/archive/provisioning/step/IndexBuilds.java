package io.valmed.archive.provisioning.step;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Indexes are built concurrently, which no transaction block allows: first, and each is recorded
 * before it is begun. What was built is dropped again when something behind it fails; where even
 * that fails, its record stays and {@code --undo} finds it.
 */
final class IndexBuilds {
  private final StepRunner runner;
  private final Deque<Step> begun = new ArrayDeque<>();

  IndexBuilds(StepRunner runner) {
    this.runner = runner;
  }

  void build(List<Step> steps) throws SQLException {
    for (Step step : steps) {
      if (step.kind() == StepKind.INDEX) {
        begun.push(step);
      }
      runner.outsideOfTransactions(step);
    }
  }

  /**
   * Drops what was begun.
   *
   * @param failure why; told what could not be dropped
   */
  void takeBack(Throwable failure) {
    for (Step step : begun) {
      try {
        runner.takeBackIndex(step);
      } catch (SQLException | RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
