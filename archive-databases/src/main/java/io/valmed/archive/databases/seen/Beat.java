package io.valmed.archive.databases.seen;

import io.valmed.archive.model.change.MalformedChangeException;
import io.valmed.archive.model.topic.Positions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Capture's heartbeat row, in hot or as it has come to the archive. Times are hot's clock, in
 * seconds since 1970.
 *
 * @param writtenAt when it was written
 * @param passedAt when the newest heartbeat was written that had come to Kafka by then; null: none
 *     had, in this epoch
 * @param positions of the topics, which cover everything that was committed before {@code passedAt}
 * @param epoch capture's epoch
 */
public record Beat(double writtenAt, @Nullable Double passedAt, Positions positions, int epoch) {
  private static final String SQL =
      """
      SELECT extract(epoch FROM written_at)::float8, extract(epoch FROM passed_at)::float8, positions::text, epoch
      FROM arc.heartbeat WHERE slot = ?
      """;

  /**
   * Reads it.
   *
   * @return null: capture has not written one yet
   * @throws SQLException also where the table is not there
   */
  static @Nullable Beat read(Connection connection, String slot) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(SQL)) {
      query.setString(1, slot);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        double passed = row.getDouble(2);
        boolean none = row.wasNull();
        return new Beat(
            row.getDouble(1),
            none ? null : passed,
            Positions.fromJson(row.getString(3)),
            row.getInt(4));
      }
    } catch (MalformedChangeException e) {
      throw new IllegalStateException("arc.heartbeat holds no positions", e);
    }
  }
}
