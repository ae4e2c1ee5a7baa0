package io.valmed.archive.capture.postgres;

import io.valmed.archive.model.Lsn;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/** Connections that speak the replication protocol. */
final class ReplicationLogin {
  private static final String NO_SUCH_FILE = "58P01";

  private final DatabaseLogin hot;

  /**
   * @param id the system identifier
   * @param timeline the timeline
   * @param left where its history left each earlier timeline
   */
  record HotSystem(String id, int timeline, long flushedLsn, Map<Integer, Long> left) {}

  ReplicationLogin(DatabaseLogin hot) {
    this.hot = hot;
  }

  Connection connect() throws SQLException {
    return HotSession.open(
        hot,
        "valmed-archive capture",
        Map.of(
            "replication",
            "database",
            "preferQueryMode",
            "simple",
            "assumeMinServerVersion",
            "10"));
  }

  /** Which database system this is; the control file's timeline may be out of date. */
  HotSystem identify() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("IDENTIFY_SYSTEM")) {
      rows.next();
      String id = rows.getString("systemid");
      int timeline = rows.getInt("timeline");
      long flushed = Lsn.parse(rows.getString("xlogpos"));
      return new HotSystem(id, timeline, flushed, left(statement, timeline));
    }
  }

  private static Map<Integer, Long> left(Statement statement, int timeline) throws SQLException {
    if (timeline == 1) {
      return Map.of();
    }
    try (ResultSet history = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
      history.next();
      return left(history.getString("content"));
    } catch (SQLException e) {
      if (NO_SUCH_FILE.equals(e.getSQLState())) {
        return Map.of();
      }
      throw e;
    }
  }

  /**
   * Reads a history file: a timeline, the position where it was left, and why, in each line.
   *
   * @param content the file
   */
  static Map<Integer, Long> left(String content) {
    Map<Integer, Long> left = new TreeMap<>();
    for (String line : content.split("\n", -1)) {
      String[] words = line.strip().split("\\s+", 3);
      if (words.length >= 2 && !words[0].startsWith("#")) {
        left.put(Integer.parseInt(words[0]), Lsn.parse(words[1]));
      }
    }
    return left;
  }
}
