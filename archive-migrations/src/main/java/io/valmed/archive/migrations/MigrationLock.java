package io.valmed.archive.migrations;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** One migration or provisioning at a time in a database: a session advisory lock. */
public final class MigrationLock {
  /** Any constant that nobody else uses; the letters "arc" and a number. */
  private static final long KEY = 0x617263_0001L;

  private MigrationLock() {}

  /**
   * Takes the lock for as long as the session lives. Waits ten seconds for another session to end.
   *
   * @param connection in auto-commit mode
   * @throws StopException when another session keeps it
   */
  public static void take(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET lock_timeout = '10s'");
      statement.execute("SELECT pg_advisory_lock(" + KEY + ")");
      statement.execute("RESET lock_timeout");
    } catch (SQLException e) {
      if (!SqlState.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
      throw new StopException(
          "Another migration or provisioning of this database is running ("
              + holder(connection)
              + "); wait for it to end, then try again.",
          e);
    }
  }

  private static String holder(Connection connection) throws SQLException {
    String sql =
        """
        SELECT format('process %s, role %s, %s', a.pid, a.usename, a.application_name)
        FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.granted
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND l.classid::bigint << 32 | l.objid::bigint = ?
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, KEY);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : "it has just ended";
      }
    }
  }
}
