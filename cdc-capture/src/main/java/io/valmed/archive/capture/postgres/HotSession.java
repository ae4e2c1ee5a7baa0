package io.valmed.archive.capture.postgres;

import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * Opens capture's sessions in hot. What the server, the database or the role sets as timeouts is
 * for the application: a snapshot that is cut off by one is begun anew for ever.
 */
public final class HotSession {
  private static final String TIMEOUTS =
      """
      SET statement_timeout = 0;
      SET lock_timeout = 0;
      SET idle_in_transaction_session_timeout = 0;
      SET transaction_timeout = 0;
      SET idle_session_timeout = 0
      """;

  private HotSession() {}

  /** As {@link DatabaseLogin#connect(String)}. */
  public static Connection open(DatabaseLogin hot, String applicationName) throws SQLException {
    return open(hot, applicationName, Map.of());
  }

  /** As {@link DatabaseLogin#connect(String, Map)}; replication connections too. */
  public static Connection open(
      DatabaseLogin hot, String applicationName, Map<String, String> further) throws SQLException {
    Connection connection = hot.connect(applicationName, further);
    try (Statement settings = connection.createStatement()) {
      settings.execute(TIMEOUTS);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }
}
