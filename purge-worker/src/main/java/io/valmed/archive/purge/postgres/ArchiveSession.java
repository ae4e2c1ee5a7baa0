package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.identity.IdentityCheck;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.runtime.settings.PurgeSettings;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** The purge worker's session in the archive. */
public final class ArchiveSession implements AutoCloseable {
  // Whatever a role or database may have set for the sessions that write the mirror.
  private static final String UNSAFE =
      """
      SELECT coalesce(
        (SELECT name || ' = ' || setting FROM pg_settings
         WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' LIMIT 1),
        (SELECT s.config || ' (set for a role or database)'
         FROM pg_db_role_setting d CROSS JOIN unnest(d.setconfig) AS s (config)
         WHERE d.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
         AND s.config IN ('synchronous_commit=off', 'synchronous_commit=false') LIMIT 1))
      """;

  private static final Duration ANSWER_MARGIN = Duration.ofMillis(500);

  private final Connection connection;

  private ArchiveSession(Connection connection) {
    this.connection = connection;
  }

  /**
   * Opens the session.
   *
   * @throws StopException when the archive is not durable or is the hot database itself
   */
  public static ArchiveSession open(Settings all, HotSession hot) throws SQLException {
    PurgeSettings settings = all.purge();
    Connection connection =
        DigestSession.openByKey(
            all.archive().purger(),
            "archive purge " + settings.worker(),
            settings.transactionTimeout());
    try {
      ArchiveSession session = new ArchiveSession(connection);
      session.checkDurable();
      session.checkApart(hot);
      IdentityCheck.pair(hot.installation(), new IdentityCheck(all).archive(connection));
      session.claim(all);
      return session;
    } catch (SQLException | RuntimeException e) {
      try (connection) {
        throw e;
      }
    }
  }

  /**
   * Checks that what the archive has committed survives a crash.
   *
   * @throws StopException when it might not
   */
  public void checkDurable() throws SQLException {
    String unsafe = DigestSession.ask(connection, UNSAFE);
    if (unsafe != null) {
      throw new StopException(
          "The archive server runs with "
              + unsafe
              + ", so that a crash could lose rows that hot has purged; set it to on. Nothing is"
              + " purged until then.");
    }
  }

  /** A table compared with itself, or with its standby, would always be found equal. */
  private void checkApart(HotSession hot) throws SQLException {
    String where =
        "SELECT system_identifier::text || ' ' || current_database() FROM pg_control_system()";
    if (DigestSession.ask(connection, where).equals(DigestSession.ask(hot.connection(), where))) {
      throw new StopException(
          "archive.purger and hot.purger lead to the same database, or to a standby of it; name the"
              + " archive's own database.");
    }
  }

  /** A mirror that another installation fills would prove rows by what is not their archive. */
  private void claim(Settings all) throws SQLException {
    try (PreparedStatement claim = connection.prepareStatement("SELECT arc.claim_table(?, ?, ?)")) {
      for (PolicyTable table : all.policy().tables()) {
        claim.setString(1, all.prefix());
        claim.setString(2, table.table().schema());
        claim.setString(3, table.table().name());
        claim.execute();
      }
    } catch (SQLException e) {
      if (SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE.equals(e.getSQLState())) {
        throw new StopException(
            "Nothing is purged: "
                + Failures.sentence(e)
                + "; take the table out of the policy of one of them, or give them archives of their own.",
            e);
      }
      throw e;
    }
  }

  public Connection connection() {
    return connection;
  }

  /**
   * From now on no statement takes longer: while hot's rows are locked, an archive that hangs must
   * not keep the application waiting. A backend that is frozen does not end its statement itself,
   * so a little later this side gives up.
   */
  public void limitStatements(Duration limit) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET statement_timeout = " + limit.toMillis());
    }
    connection.setNetworkTimeout(
        Runnable::run, Math.toIntExact(limit.plus(ANSWER_MARGIN).toMillis()));
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // The server ends the session, or has done so.
    }
  }
}
