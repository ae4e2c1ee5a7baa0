package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.sink.apply.Advance;
import io.valmed.archive.sink.apply.PositionTakenException;
import io.valmed.archive.sink.apply.StoredPosition;
import io.valmed.archive.sink.read.Partition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code arc.sink_position}. */
public final class PositionTable {
  private static final String READ =
      """
      SELECT topic, partition, topic_id, epoch, position FROM arc.sink_position
      WHERE topic = ANY (?)
      """;
  private static final String READ_ALL = "SELECT topic, partition, position FROM arc.sink_position";
  private static final String READ_OLDER =
      "SELECT topic, partition, position FROM arc.sink_position WHERE epoch < ?";
  private static final String INSERT =
      """
      INSERT INTO arc.sink_position (topic, partition, topic_id, epoch, position)
      SELECT n.topic, n.partition, n.topic_id, n.epoch, n.position
      FROM unnest(?::text[], ?::int[], ?::text[], ?::int[], ?::bigint[], ?::bigint[])
        AS n(topic, partition, topic_id, epoch, read, position)
      WHERE n.read = -1
      ORDER BY 1, 2
      ON CONFLICT DO NOTHING
      """;
  private static final String UPDATE =
      """
      UPDATE arc.sink_position p
      SET position = n.position, epoch = n.epoch, updated_at = clock_timestamp()
      FROM unnest(?::text[], ?::int[], ?::text[], ?::int[], ?::bigint[], ?::bigint[])
        AS n(topic, partition, topic_id, epoch, read, position)
      WHERE p.topic = n.topic AND p.partition = n.partition
        AND p.topic_id = n.topic_id AND p.position = n.read
      """;

  private final Connection connection;

  public PositionTable(Connection connection) {
    this.connection = connection;
  }

  public Map<Partition, StoredPosition> read(Collection<Partition> partitions) throws SQLException {
    Map<Partition, StoredPosition> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      Object[] topics = partitions.stream().map(Partition::topic).distinct().toArray();
      statement.setArray(1, connection.createArrayOf("text", topics));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.put(
              new Partition(rows.getString(1), rows.getInt(2)),
              new StoredPosition(rows.getString(3), rows.getInt(4), rows.getLong(5)));
        }
      }
    }
    found.keySet().retainAll(partitions);
    return found;
  }

  public Positions readAll() throws SQLException {
    Map<String, Long> all = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(READ_ALL);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        all.put(Positions.partition(rows.getString(1), rows.getInt(2)), rows.getLong(3));
      }
    }
    return Positions.of(all);
  }

  /**
   * Moves the positions, and locks them until the transaction ends.
   *
   * @throws PositionTakenException when one of them is not where it was read
   */
  public void advance(List<Advance> advances) throws SQLException {
    long unread = advances.stream().filter(a -> a.from() == Advance.UNREAD).count();
    int moved = unread > 0 ? execute(INSERT, advances) : 0;
    moved += unread < advances.size() ? execute(UPDATE, advances) : 0;
    if (moved != advances.size()) {
      throw new PositionTakenException(
          "another sink has moved "
              + (advances.size() - moved)
              + " of "
              + advances.size()
              + " positions; this one begins anew from the stored ones");
    }
  }

  /**
   * Sets positions back, all or none.
   *
   * @throws PositionTakenException when one of them is not where it was read
   */
  public void goBack(List<Advance> back) throws SQLException {
    boolean alone = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try {
      advance(back);
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(alone);
    }
  }

  /**
   * Whether a position of an older epoch lies beyond where this one begins: whoever reads that
   * partition goes back there first.
   */
  public boolean beyondBeginning(Epoch epoch) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ_OLDER)) {
      statement.setInt(1, epoch.number());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String partition = Positions.partition(rows.getString(1), rows.getInt(2));
          Long begins = epoch.begins().next().get(partition);
          if (begins != null && begins < rows.getLong(3)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private int execute(String sql, List<Advance> advances) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      array(statement, 1, "text", advances, a -> a.partition().topic());
      array(statement, 2, "int4", advances, a -> a.partition().number());
      array(statement, 3, "text", advances, Advance::topicId);
      array(statement, 4, "int4", advances, Advance::epoch);
      array(statement, 5, "int8", advances, Advance::from);
      array(statement, 6, "int8", advances, Advance::to);
      return statement.executeUpdate();
    }
  }

  private void array(
      PreparedStatement statement,
      int parameter,
      String type,
      List<Advance> advances,
      Function<Advance, Object> field)
      throws SQLException {
    Object[] values = advances.stream().map(field).toArray();
    statement.setArray(parameter, connection.createArrayOf(type, values));
  }
}
