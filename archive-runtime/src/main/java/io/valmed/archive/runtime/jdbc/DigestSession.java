package io.valmed.archive.runtime.jdbc;

import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executor;

/** What every session of the purge begins with, in either database. */
public final class DigestSession {
  // Plans go by keys whatever the statistics say: a page must never scan a table. Nor are they made
  // anew for each page: the planner would weigh every single key of its arrays.
  private static final String PLANS =
      """
      SET enable_seqscan = off;
      SET enable_hashjoin = off;
      SET enable_mergejoin = off;
      SET enable_memoize = off;
      SET plan_cache_mode = force_generic_plan;
      SET jit = off;
      SET max_parallel_workers_per_gather = 0
      """;

  private static final Duration ANSWER_MARGIN = Duration.ofSeconds(10);
  private static final Executor SAME_THREAD = Runnable::run;

  private DigestSession() {}

  /**
   * Opens a session whose rows' text forms, and so digests, are the same in both databases.
   *
   * @param name shown in {@code pg_stat_activity}
   * @param transactionTimeout after which the server ends a transaction, and a while later this
   *     side gives up waiting for an answer; zero: never
   */
  public static Connection open(DatabaseLogin login, String name, Duration transactionTimeout)
      throws SQLException {
    Connection connection = login.connect(name);
    try {
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      try (Statement statement = connection.createStatement()) {
        statement.execute(RowDigest.SESSION_SETTINGS);
        statement.execute("SET row_security = off");
        statement.execute("SET transaction_timeout = " + transactionTimeout.toMillis());
      }
      if (!transactionTimeout.isZero()) {
        connection.setNetworkTimeout(
            SAME_THREAD, Math.toIntExact(transactionTimeout.plus(ANSWER_MARGIN).toMillis()));
      }
      return connection;
    } catch (SQLException | RuntimeException e) {
      try (connection) {
        throw e;
      }
    }
  }

  /** The same, for a session that finds rows by their keys. */
  public static Connection openByKey(DatabaseLogin login, String name, Duration transactionTimeout)
      throws SQLException {
    Connection connection = open(login, name, transactionTimeout);
    try (Statement statement = connection.createStatement()) {
      statement.execute(PLANS);
      return connection;
    } catch (SQLException | RuntimeException e) {
      try (connection) {
        throw e;
      }
    }
  }

  /** The one text value of a query without parameters. */
  public static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
