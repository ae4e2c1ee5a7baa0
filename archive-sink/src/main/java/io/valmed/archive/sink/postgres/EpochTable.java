package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.Epoch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** {@code arc.epoch}. */
final class EpochTable {
  private static final String NOTE =
      """
      INSERT INTO arc.epoch (epoch, system_id, timeline, snapshot_complete) VALUES (?, ?, ?, ?)
      ON CONFLICT (epoch) DO UPDATE SET snapshot_complete = true
      WHERE EXCLUDED.snapshot_complete AND NOT arc.epoch.snapshot_complete
      """;
  private static final String RECONCILED =
      "SELECT reconciled_at IS NOT NULL FROM arc.epoch WHERE epoch = ?";

  private final Connection connection;

  EpochTable(Connection connection) {
    this.connection = connection;
  }

  void note(Epoch epoch) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(NOTE)) {
      statement.setInt(1, epoch.number());
      statement.setString(2, epoch.systemId());
      statement.setInt(3, epoch.timeline());
      statement.setBoolean(4, epoch.snapshotComplete());
      statement.executeUpdate();
    }
  }

  boolean reconciled(Epoch epoch) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RECONCILED)) {
      statement.setInt(1, epoch.number());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }
}
