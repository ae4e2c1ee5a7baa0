package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;

/** The rows of {@code arc.purge_hold} that sinks set for tables that wait. */
final class SinkHolds {
  private static final String HOLD =
      """
      INSERT INTO arc.purge_hold (scope, reason, prefix, held_by) SELECT ?, ?, ?, 'archive-sink'
      WHERE NOT EXISTS (
        SELECT FROM arc.purge_hold
        WHERE scope = ? AND prefix IN ('', ?) AND held_by = 'archive-sink' AND released_at IS NULL)
      """;
  private static final String RELEASE =
      """
      UPDATE arc.purge_hold SET released_by = 'archive-sink', released_at = clock_timestamp()
      WHERE held_by = 'archive-sink' AND released_at IS NULL AND scope = ANY (?) AND prefix IN ('', ?)
      """;

  private final Connection connection;
  private final String prefix;

  SinkHolds(Connection connection, String prefix) {
    this.connection = connection;
    this.prefix = prefix;
  }

  /** See {@link io.valmed.archive.sink.Archive#holdPurge}. */
  void set(Collection<TableId> tables, Map<TableId, String> stopped) throws SQLException {
    try (PreparedStatement hold = connection.prepareStatement(HOLD)) {
      for (Map.Entry<TableId, String> one : stopped.entrySet()) {
        hold.setString(1, one.getKey().toString());
        hold.setString(2, one.getValue());
        hold.setString(3, prefix);
        hold.setString(4, one.getKey().toString());
        hold.setString(5, prefix);
        hold.executeUpdate();
      }
    }
    try (PreparedStatement release = connection.prepareStatement(RELEASE)) {
      Object[] others =
          tables.stream().filter(t -> !stopped.containsKey(t)).map(TableId::toString).toArray();
      release.setArray(1, connection.createArrayOf("text", others));
      release.setString(2, prefix);
      release.executeUpdate();
    }
  }
}
