package io.valmed.archive.databases.archive;

import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.change.MalformedChangeException;
import io.valmed.archive.model.topic.Positions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far the archive is: the newest point of hot's WAL that capture has carried into Kafka and of
 * which the sinks have applied everything.
 */
public final class CaughtUp {
  private static final String HEARTBEAT =
      "SELECT passed_lsn::text, positions::text FROM arc.heartbeat WHERE slot = ?";
  private static final String APPLIED = "SELECT topic, partition, position FROM arc.sink_position";

  private final Connection hot;
  private final Connection archive;
  private final String slot;
  private final @Nullable String topic;
  private long newest;
  private Positions wanted = Positions.NONE;

  /**
   * @param hot a session in hot; if a transaction is open in it, it is read in it
   * @param archive a session in the archive
   * @param slot capture's slot
   */
  public CaughtUp(Connection hot, Connection archive, String slot) {
    this(hot, archive, slot, null);
  }

  private CaughtUp(Connection hot, Connection archive, String slot, @Nullable String topic) {
    this.hot = hot;
    this.archive = archive;
    this.slot = slot;
    this.topic = topic;
  }

  /** How far the archive is with one table: another that has stopped alone does not count. */
  public static CaughtUp ofTopic(Connection hot, Connection archive, String slot, String topic) {
    return new CaughtUp(hot, archive, slot, topic);
  }

  /** Everything committed in hot before that position is in the archive; 0: nothing is known. */
  public long lsn() throws SQLException {
    long passed = 0;
    Positions asked = Positions.NONE;
    // Read in this order: what is applied may only be newer than what the heartbeat asks for.
    try (PreparedStatement query = hot.prepareStatement(HEARTBEAT)) {
      query.setString(1, slot);
      try (ResultSet row = query.executeQuery()) {
        if (row.next()) {
          passed = Lsn.parse(row.getString(1));
          asked = ofTopic(Positions.fromJson(row.getString(2)));
        }
      }
    } catch (MalformedChangeException e) {
      throw new IllegalStateException("arc.heartbeat in hot holds no positions", e);
    }
    // Asked anew each time: an archive that failed over or was restored has less than it had.
    Positions applied = applied();
    if (Long.compareUnsigned(passed, newest) < 0 || !applied.covers(wanted)) {
      newest = 0;
      wanted = Positions.NONE;
    }
    if (Long.compareUnsigned(passed, newest) > 0 && applied.covers(asked)) {
      newest = passed;
      wanted = asked;
    }
    return newest;
  }

  /** What is asked for of the topic; of a topic that the heartbeat does not name, of all. */
  private Positions ofTopic(Positions all) {
    Map<String, Long> own = new HashMap<>();
    all.next()
        .forEach(
            (partition, next) -> {
              if (topic != null && partition.startsWith(topic + "/")) {
                own.put(partition, next);
              }
            });
    return own.isEmpty() ? all : Positions.of(own);
  }

  private Positions applied() throws SQLException {
    Map<String, Long> next = new HashMap<>();
    try (Statement statement = archive.createStatement();
        ResultSet rows = statement.executeQuery(APPLIED)) {
      while (rows.next()) {
        next.put(Positions.partition(rows.getString(1), rows.getInt(2)), rows.getLong(3));
      }
    }
    return Positions.of(next);
  }
}
