package io.valmed.archive.purge.postgres;

import io.valmed.archive.model.Lsn;
import io.valmed.archive.purge.page.TransactionFate;
import io.valmed.archive.runtime.jdbc.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What became of a page's transaction that was on an earlier timeline of this server: on the
 * primary before a failover. Its commit is in this server's past, or was lost with that primary;
 * the origin's progress comes along in the commit's own WAL record.
 */
final class FateAfterFailover {
  private static final String PROGRESS =
      """
      SELECT p.progress = p.page, p.progress < p.page AND p.progress > '0/0'
      FROM (SELECT pg_replication_origin_progress(?, false) AS progress, ?::pg_lsn AS page) p
      """;
  private static final String FUTURE = "not given out yet";
  private static final String STATUS = "SELECT pg_xact_status(?::xid8)";

  private final Connection hot;
  private final String origin;

  FateAfterFailover(Connection hot, String origin) {
    this.hot = hot;
    this.origin = origin;
  }

  TransactionFate of(long xid, long lsn) throws SQLException {
    String status = status(xid);
    try (PreparedStatement query = hot.prepareStatement(PROGRESS)) {
      query.setString(1, origin);
      query.setString(2, Lsn.text(lsn));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        // First, for what is rolled back under an origin moves its progress too.
        if (status.equals("aborted")) {
          return TransactionFate.ROLLED_BACK;
        }
        if (row.getBoolean(1)) {
          return TransactionFate.COMMITTED;
        }
        // Whoever has the number by now: had ours committed, the origin could not be behind it.
        return status.equals(FUTURE) || row.getBoolean(2)
            ? TransactionFate.ROLLED_BACK
            : TransactionFate.FORGOTTEN;
      }
    }
  }

  /** Empty for a number that is too old. */
  private String status(long xid) throws SQLException {
    try (PreparedStatement query = hot.prepareStatement(STATUS)) {
      query.setString(1, Long.toUnsignedString(xid));
      try (ResultSet row = query.executeQuery()) {
        row.next();
        String status = row.getString(1);
        return status == null ? "" : status;
      }
    } catch (SQLException e) {
      if (SqlState.INVALID_PARAMETER_VALUE.equals(e.getSQLState())) {
        return FUTURE;
      }
      throw e;
    }
  }
}
