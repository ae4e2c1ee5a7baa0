package io.valmed.archive.runtime.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Several statements as one transaction of a session that is otherwise in auto-commit mode. */
public final class UnitOfWork {
  private UnitOfWork() {}

  /**
   * Statements of one transaction.
   *
   * @param <T> what they find
   */
  @FunctionalInterface
  public interface Statements<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  /** Statements that find nothing. */
  @FunctionalInterface
  public interface Steps {
    void run() throws SQLException;
  }

  /** Statements that may find that nothing of them is to be kept. */
  @FunctionalInterface
  public interface Attempt {
    /** Returns whether to commit. */
    boolean run() throws SQLException;
  }

  /**
   * Commits the statements, or none of them if they fail.
   *
   * @return what they returned
   */
  public static <T extends @Nullable Object> T of(Connection connection, Statements<T> statements)
      throws SQLException {
    return in(connection, statements, true);
  }

  /** The same for statements that return nothing. */
  public static void run(Connection connection, Steps steps) throws SQLException {
    attempt(
        connection,
        () -> {
          steps.run();
          return true;
        });
  }

  /**
   * Commits the statements if they say so, else rolls them back.
   *
   * @return whether they were committed
   */
  public static boolean attempt(Connection connection, Attempt attempt) throws SQLException {
    return in(connection, attempt::run, false);
  }

  private static <T extends @Nullable Object> T in(
      Connection connection, Statements<T> statements, boolean always) throws SQLException {
    connection.setAutoCommit(false);
    try {
      T found = statements.run();
      if (always || Boolean.TRUE.equals(found)) {
        connection.commit();
      } else {
        connection.rollback();
      }
      connection.setAutoCommit(true);
      return found;
    } catch (SQLException | RuntimeException | Error e) {
      // An Error too: leaving the transaction by auto-commit would commit it.
      try {
        connection.rollback();
        connection.setAutoCommit(true);
      } catch (SQLException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }
}
