package io.valmed.archive.e2e.support;

import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.topic.Positions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.awaitility.core.ConditionTimeoutException;

/** Waits until the archive has what hot has. */
public final class CatchUp {
  private final Installation installation;

  public CatchUp(Installation installation) {
    this.installation = installation;
  }

  /**
   * Returns when the archive has everything that is committed in hot now.
   *
   * @param logs what to tell when it does not come so far in time
   */
  public void within(Duration patience, Supplier<String> logs) {
    String now = text("SELECT pg_current_wal_insert_lsn()::text");
    try {
      await("archived up to " + now)
          .atMost(patience)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> archivedUpTo(now));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + "\n" + logs.get(), e);
    }
  }

  private boolean archivedUpTo(String lsn) throws Exception {
    String slot = installation.settings().capture().slot();
    String wanted =
        text(
            """
            SELECT coalesce((SELECT positions::text FROM arc.heartbeat
              WHERE slot = '%s' AND passed_beat > 0 AND passed_lsn >= '%s'), '')
            """
                .formatted(slot, lsn));
    return !wanted.isEmpty() && applied().covers(Positions.fromJson(wanted));
  }

  private Positions applied() throws SQLException {
    return installation.archive().with(CatchUp::positions);
  }

  private static Positions positions(Connection archive) throws SQLException {
    Map<String, Long> applied = new TreeMap<>();
    try (Statement statement = archive.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT topic, partition, position FROM arc.sink_position")) {
      while (rows.next()) {
        applied.put(Positions.partition(rows.getString(1), rows.getInt(2)), rows.getLong(3));
      }
    }
    return Positions.of(applied);
  }

  private String text(String sql) {
    try {
      return installation.hot().with(hot -> only(hot, sql));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String only(Connection hot, String sql) throws SQLException {
    try (Statement statement = hot.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
