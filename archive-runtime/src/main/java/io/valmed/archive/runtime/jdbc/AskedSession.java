package io.valmed.archive.runtime.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Tells of a failure in which of several sessions it happened: the driver does not. */
public final class AskedSession {
  private AskedSession() {}

  /** What is asked of a session. */
  @FunctionalInterface
  public interface Question<T> {
    T ask(Connection session) throws SQLException;
  }

  /**
   * Asks.
   *
   * @throws SQLException which {@link TableFault} can tell the session of
   */
  public static <T> T ask(Connection session, Question<T> question) throws SQLException {
    try {
      return question.ask(session);
    } catch (FailedException e) {
      throw e;
    } catch (SQLException e) {
      throw new FailedException(e, session);
    }
  }

  /** A failure with its session. Its cause is what the driver threw. */
  static final class FailedException extends SQLException {
    private static final long serialVersionUID = 1L;

    private final SQLException failure;
    private final transient Connection session;

    private FailedException(SQLException failure, Connection session) {
      super(failure.getMessage(), failure.getSQLState(), failure);
      this.failure = failure;
      this.session = session;
    }

    SQLException failure() {
      return failure;
    }

    boolean in(Connection other) {
      return session == other;
    }
  }
}
