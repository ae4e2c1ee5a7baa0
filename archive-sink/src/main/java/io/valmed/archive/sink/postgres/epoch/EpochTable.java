package io.valmed.archive.sink.postgres.epoch;

import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.runtime.StopException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** {@code arc.epoch}. */
public final class EpochTable {
  private static final String NOTE =
      """
      INSERT INTO arc.epoch (epoch, system_id, timeline, snapshot_complete, prefix) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (prefix, epoch) DO UPDATE SET snapshot_complete = true
      WHERE EXCLUDED.snapshot_complete AND NOT arc.epoch.snapshot_complete
      """;
  private static final String HISTORY =
      "SELECT system_id, timeline FROM arc.epoch WHERE epoch = ? AND prefix = ?";

  private static final String NEWEST =
      "SELECT coalesce(max(epoch), 0) FROM arc.epoch WHERE prefix = ?";

  private final Connection connection;
  private final String prefix;

  public EpochTable(Connection connection, String prefix) {
    this.connection = connection;
    this.prefix = prefix;
  }

  /**
   * Notes the epoch, or what has become known of it.
   *
   * @throws StopException when the archive knows another history by that number
   */
  public void note(Epoch epoch) throws SQLException {
    refuseAnotherHistory(epoch);
    try (PreparedStatement statement = connection.prepareStatement(NOTE)) {
      statement.setInt(1, epoch.number());
      statement.setString(2, epoch.systemId());
      statement.setInt(3, epoch.timeline());
      statement.setBoolean(4, epoch.snapshotComplete());
      statement.setString(5, prefix);
      statement.executeUpdate();
    }
  }

  /** Rows of two histories under one number could not be told apart. */
  private void refuseAnotherHistory(Epoch epoch) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(HISTORY)) {
      statement.setInt(1, epoch.number());
      statement.setString(2, prefix);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()
            || (row.getString(1).equals(epoch.systemId()) && row.getInt(2) == epoch.timeline())) {
          return;
        }
      }
    }
    throw new StopException(
        "The archive knows epoch "
            + epoch.number()
            + " of another hot database or timeline: Kafka and hot's heartbeat were both lost, and"
            + " the number was given out again. Nothing was applied: keep topics and archive, and"
            + " read the topics into a second archive (docs/operations.md, Replaying the topics).");
  }

  /** The newest one's number; 0: there is none. */
  public int newest() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(NEWEST)) {
      statement.setString(1, prefix);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }
}
