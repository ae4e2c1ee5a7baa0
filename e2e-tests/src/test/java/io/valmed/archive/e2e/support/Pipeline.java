package io.valmed.archive.e2e.support;

import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.Positions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.core.ConditionTimeoutException;

/** Capture and sink of an installation as processes, and what they have reached. */
public final class Pipeline implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Installation installation;
  private Archive capture;
  private Archive sink;

  private Pipeline(Installation installation) {
    this.installation = installation;
    this.capture = Archive.start(installation, "capture");
    this.sink = Archive.start(installation, "sink");
  }

  /** Starts both and returns when the snapshot has reached the archive. */
  public static Pipeline start(Installation installation) {
    Pipeline pipeline = new Pipeline(installation);
    try {
      pipeline.awaitArchived();
    } catch (RuntimeException | Error e) {
      pipeline.close();
      throw e;
    }
    return pipeline;
  }

  public void killAndRestartCapture() {
    capture.kill();
    capture = Archive.start(installation, "capture");
  }

  public void killAndRestartSink() {
    sink.kill();
    sink = Archive.start(installation, "sink");
  }

  public void stopSink() {
    sink.stop();
  }

  public void startSink() {
    sink = Archive.start(installation, "sink");
  }

  public String logs() {
    return "== capture\n" + capture.output() + "== sink\n" + sink.output();
  }

  /** Returns when the archive has everything that is committed in hot now. */
  public void awaitArchived() {
    String now = text("SELECT pg_current_wal_insert_lsn()::text");
    try {
      await("archived up to " + now)
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> archivedUpTo(now));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + "\n" + logs(), e);
    }
  }

  private boolean archivedUpTo(String lsn) throws Exception {
    String slot = installation.settings().capture().slot();
    String wanted =
        text(
            "SELECT coalesce((SELECT positions::text FROM arc.heartbeat WHERE slot = '%s' AND passed_beat > 0 AND passed_lsn >= '%s'), '')"
                .formatted(slot, lsn));
    return !wanted.isEmpty() && applied().covers(Positions.fromJson(wanted));
  }

  private Positions applied() throws SQLException {
    Map<String, Long> applied = new TreeMap<>();
    try (Connection connection = installation.archiveAsOwner();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT topic, partition, position FROM arc.sink_position")) {
      while (rows.next()) {
        applied.put(Positions.partition(rows.getString(1), rows.getInt(2)), rows.getLong(3));
      }
    }
    return Positions.of(applied);
  }

  private String text(String sql) {
    try (Connection connection = installation.hotAsOwner();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    capture.close();
    sink.close();
  }
}
