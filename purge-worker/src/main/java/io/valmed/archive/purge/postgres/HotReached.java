package io.valmed.archive.purge.postgres;

import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.Sql;
import io.valmed.archive.purge.page.HotPages.Reached;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Reads how far hot has come. */
final class HotReached {
  private static final String REACHED =
      """
      SELECT coalesce(pg_replication_origin_progress(?, false), '0/0')::text,
             pg_current_wal_insert_lsn()::text, pg_snapshot_xmax(pg_current_snapshot())::text
      """;

  private static final String BEGIN =
      """
      BEGIN;
      SELECT pg_replication_origin_session_setup(%1$s);
      SELECT pg_replication_origin_xact_setup(pg_current_wal_insert_lsn(), clock_timestamp()), pg_current_xact_id();
      COMMIT;
      SELECT pg_replication_origin_session_reset()
      """;

  private HotReached() {}

  /**
   * Gives an origin that has made no progress the place where hot is now: what a worker commits
   * later is beyond it, also for a database that is put back to before that.
   */
  static void begin(Connection hot, String origin) throws SQLException {
    if (read(hot, origin).progress() == 0) {
      try (Statement statement = hot.createStatement()) {
        statement.execute(BEGIN.formatted(Sql.literal(origin)));
      }
    }
  }

  static Reached read(Connection hot, String origin) throws SQLException {
    try (PreparedStatement query = hot.prepareStatement(REACHED)) {
      query.setString(1, origin);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return new Reached(
            Lsn.parse(row.getString(1)),
            Lsn.parse(row.getString(2)),
            Long.parseUnsignedLong(row.getString(3)));
      }
    }
  }
}
