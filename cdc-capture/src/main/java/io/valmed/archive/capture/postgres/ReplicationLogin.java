package io.valmed.archive.capture.postgres;

import io.valmed.archive.model.Lsn;
import io.valmed.archive.runtime.DatabaseLogin;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** Connections that speak the replication protocol. */
final class ReplicationLogin {
  private final DatabaseLogin hot;

  /**
   * @param id the system identifier
   * @param timeline the timeline
   */
  record HotSystem(String id, int timeline, long flushedLsn) {}

  ReplicationLogin(DatabaseLogin hot) {
    this.hot = hot;
  }

  Connection connect() throws SQLException {
    return hot.connect(
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
      return new HotSystem(
          rows.getString("systemid"),
          rows.getInt("timeline"),
          Lsn.parse(rows.getString("xlogpos")));
    }
  }
}
