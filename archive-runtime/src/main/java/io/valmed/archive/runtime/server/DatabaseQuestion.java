package io.valmed.archive.runtime.server;

import io.valmed.archive.runtime.jdbc.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a database in one session that is kept, whose statements the server ends and whose silence
 * ends it.
 */
public final class DatabaseQuestion<T> implements ServerQuestion.Asked<T> {
  private static final Logger log = LoggerFactory.getLogger(DatabaseQuestion.class);
  private static final Duration STATEMENT = Duration.ofMillis(1_500);
  private static final Executor SAME_THREAD = Runnable::run;

  private final DatabaseLogin login;
  private final String name;
  private final Reading<T> reading;
  private final Duration limit;
  private volatile @Nullable Connection kept;
  private volatile boolean closed;

  /** Reads the answer in a session in auto-commit mode; with few statements that take no time. */
  @FunctionalInterface
  public interface Reading<T> {
    T read(Connection connection) throws SQLException;
  }

  /**
   * @param name the session's name in {@code pg_stat_activity}
   */
  public DatabaseQuestion(DatabaseLogin login, String name, Reading<T> reading) {
    this(login, name, reading, STATEMENT);
  }

  /**
   * The same for statements that take longer.
   *
   * @param limit how long each may take; the server ends it then
   */
  public DatabaseQuestion(DatabaseLogin login, String name, Reading<T> reading, Duration limit) {
    this.limit = limit;
    this.login = login;
    this.name = name;
    this.reading = reading;
  }

  @Override
  public T ask() throws SQLException {
    Connection before = kept;
    if (before != null) {
      try {
        return reading.read(before);
      } catch (SQLException | RuntimeException e) {
        // Most often it ended with a server that is there again.
        log.debug("asked again in a new session", e);
        cut();
      }
    }
    try {
      Connection fresh = open();
      kept = fresh;
      if (closed) {
        throw new SQLException("it is asked no more", SqlState.CONNECTION_DOES_NOT_EXIST);
      }
      return reading.read(fresh);
    } catch (SQLException | RuntimeException e) {
      cut();
      throw e;
    }
  }

  private Connection open() throws SQLException {
    Connection connection = login.connect(name, patience());
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET statement_timeout = " + limit.toMillis());
      statement.execute("SET default_transaction_read_only = on");
      return connection;
    } catch (SQLException | RuntimeException e) {
      try (connection) {
        throw e;
      }
    }
  }

  private Map<String, String> patience() {
    long silence = limit.toSeconds() + 1;
    return Map.of(
        "connectTimeout", "1", "loginTimeout", "3", "socketTimeout", Long.toString(silence));
  }

  private void cut() {
    Connection connection = kept;
    kept = null;
    if (connection != null) {
      try {
        connection.abort(SAME_THREAD);
      } catch (SQLException e) {
        log.debug("a session could not be cut off", e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    cut();
  }
}
