package io.valmed.archive.stack.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A database session for many short uses, one after the other. PostgreSQL starts a process for each
 * session: whoever polls with new ones keeps a processor busy with that alone. Each use begins as
 * in a new session ({@code DISCARD ALL}); one that has ended, or whose server does not answer
 * within ten seconds, is opened anew. What runs beside another use gets a session of its own. Safe
 * for several threads.
 */
public final class KeptSession implements AutoCloseable {
  private static final int ANSWER_MILLIS = (int) Duration.ofSeconds(10).toMillis();

  private final Opening opening;
  private final ReentrantLock use = new ReentrantLock();
  private @Nullable Connection kept;

  /** Opens a session, in auto-commit mode. */
  @FunctionalInterface
  public interface Opening {
    Connection open() throws SQLException;
  }

  /** What is done in a session. It leaves auto-commit mode on. */
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    T in(Connection session) throws SQLException;
  }

  /** Opens nothing yet. */
  public KeptSession(Opening opening) {
    this.opening = opening;
  }

  /**
   * Returns what the work returns.
   *
   * @throws SQLException when no session can be opened, or the work fails
   */
  public <T extends @Nullable Object> T with(Work<T> work) throws SQLException {
    if (!use.tryLock()) {
      try (Connection own = opening.open()) {
        return work.in(own);
      }
    }
    try {
      return work.in(session());
    } finally {
      use.unlock();
    }
  }

  private Connection session() throws SQLException {
    Connection before = kept;
    if (before != null && fresh(before)) {
      return before;
    }
    kept = null;
    Connection opened = opening.open();
    kept = opened;
    return opened;
  }

  private static boolean fresh(Connection session) {
    try (Statement statement = session.createStatement()) {
      session.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
      statement.execute("DISCARD ALL");
      session.setNetworkTimeout(Runnable::run, 0);
      return true;
    } catch (SQLException e) {
      end(session);
      return false;
    }
  }

  /** Ends the session, if there is one; another use opens it again. */
  @Override
  public void close() {
    use.lock();
    try {
      Connection last = kept;
      kept = null;
      if (last != null) {
        end(last);
      }
    } finally {
      use.unlock();
    }
  }

  private static void end(Connection session) {
    try {
      session.close();
    } catch (SQLException e) {
      // It is of no more use, and its server ends it.
    }
  }
}
