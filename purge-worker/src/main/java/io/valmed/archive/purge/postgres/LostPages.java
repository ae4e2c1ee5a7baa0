package io.valmed.archive.purge.postgres;

import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.RootTable;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.AggregateTable;
import io.valmed.archive.purge.TextArray;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the archive came back from an older state: hot's replication origin remembers the
 * worker's newest committed page, which stood in the journal before hot was asked to commit it. The
 * purge is held until the archive has read again what it lacks; then the journal is filled again
 * from what the departures tell.
 */
public final class LostPages {
  private static final Logger log = LoggerFactory.getLogger(LostPages.class);

  private static final String WHO = "archive-purge";
  private static final String PROGRESS =
      "SELECT nullif(pg_replication_origin_progress(?, false), '0/0')::text";
  // The newest pages first: a scan of the whole journal is for the rare case that hot went back.
  private static final String NEWEST =
      """
      SELECT EXISTS (SELECT FROM (
        SELECT hot_lsn FROM arc.purge_page WHERE worker = ? AND outcome <> 'rolled-back' ORDER BY id DESC LIMIT 64) AS p
      WHERE p.hot_lsn = ?::pg_lsn)
      """;
  private static final String ANY =
      "SELECT EXISTS (SELECT FROM arc.purge_page WHERE worker = ? AND hot_lsn = ?::pg_lsn)";
  private static final String HELD =
      """
      SELECT released_at IS NULL FROM arc.purge_hold WHERE held_by = ? AND reason = ?
      ORDER BY released_at IS NULL LIMIT 1
      """;
  private static final String HOLD =
      "INSERT INTO arc.purge_hold (scope, held_by, reason) VALUES ('*', ?, ?)";
  private static final String RELEASE =
      """
      UPDATE arc.purge_hold SET released_by = held_by, released_at = clock_timestamp()
      WHERE held_by = ? AND reason = ? AND released_at IS NULL
      """;
  // 32 bits of a transaction's number come back only after four billion of them: within a month
  // a page of the same number is the page.
  private static final String PAGES =
      """
      INSERT INTO arc.purge_page (worker, root_table, hot_system_id, hot_xid, hot_lsn, aggregates, rows, outcome, intended_at, settled_at)
      SELECT 'recovered', ?, ?, ?::bigint - ((?::bigint - d.arc_txid) & 4294967295), max(d.arc_lsn), count(*) FILTER (WHERE d.root), count(*), 'committed',
        max(d.arc_committed_at), clock_timestamp()
      FROM (%s) AS d GROUP BY d.arc_txid
      RETURNING id, hot_lsn > ?::pg_lsn
      """;
  private static final String UNJOURNALED =
      """
      SELECT c.arc_txid, c.arc_lsn, c.arc_committed_at, %s AS root FROM %s AS c
      WHERE c.arc_cause = 'purged' AND NOT EXISTS (
        SELECT FROM arc.purge_page p WHERE (p.hot_xid & 4294967295) = c.arc_txid AND p.outcome <> 'rolled-back'
        AND p.intended_at BETWEEN c.arc_committed_at - interval '30 days' AND c.arc_committed_at + interval '30 days')
      """;
  private static final String ROWS =
      """
      INSERT INTO arc.purge_row (page, table_name, key, digest)
      SELECT p.id, ?, ARRAY[%s], %s
      FROM %s AS c JOIN arc.purge_page p ON p.id = ANY (?::bigint[]) AND (p.hot_xid & 4294967295) = c.arc_txid
      WHERE c.arc_cause = 'purged'
      """;
  private static final String KEY =
      "SELECT key FROM arc.archived_table WHERE schema_name = ? AND table_name = ?";

  private final HotSession hot;
  private final ArchiveSession archive;
  private final CaughtUp progress;
  private final Settings settings;
  private long noticed;

  /**
   * @param hot a session in hot without an open transaction
   * @param archive a session in the archive without one
   */
  public LostPages(HotSession hot, ArchiveSession archive, Settings settings) {
    this.hot = hot;
    this.archive = archive;
    this.settings = settings;
    this.progress = new CaughtUp(hot.connection(), archive.connection(), settings.capture().slot());
  }

  /**
   * Looks, while no page is under way: holds the purge when the journal lacks the newest page,
   * fills the journal once the archive has caught up, and ends the hold. A hold that a person has
   * ended stays ended.
   */
  public void look() throws SQLException {
    String newest = text(hot.connection(), PROGRESS, settings.purge().origin());
    if (newest == null || journaled(newest)) {
      return;
    }
    String reason =
        "the journal lacks the page that worker %s committed in hot at %s: the archive came back from an older state; the purge goes on by itself once the archive has caught up and the journal is filled again; if it does not, see './archive verify' and run './archive purge resume'"
            .formatted(settings.purge().worker(), newest);
    @Nullable String open = text(archive.connection(), HELD, WHO, reason);
    if (open == null) {
      log.error("all purging is held: {}", reason);
      update(HOLD, WHO, reason);
    } else if (open.equals("f")) {
      return;
    }
    if (noticed == 0) {
      noticed =
          Lsn.parse(SessionSetup.ask(hot.connection(), "SELECT pg_current_wal_insert_lsn()::text"));
    }
    if (Long.compareUnsigned(progress.lsn(), noticed) >= 0 && fill(newest)) {
      update(RELEASE, WHO, reason);
      noticed = 0;
    }
  }

  private boolean journaled(String lsn) throws SQLException {
    String worker = settings.purge().worker();
    return "t".equals(text(archive.connection(), NEWEST, worker, lsn))
        || "t".equals(text(archive.connection(), ANY, worker, lsn));
  }

  /**
   * Reads all departures, which may take its time: in a session of its own.
   *
   * @return whether the departures told of the newest page too
   */
  private boolean fill(String newest) throws SQLException {
    try (Connection filling =
        SessionSetup.open(settings.archive().purger(), "archive purge journal", Duration.ZERO)) {
      filling.setAutoCommit(false);
      boolean found = fill(filling, newest);
      filling.commit();
      return found;
    }
  }

  private boolean fill(Connection filling, String newest) throws SQLException {
    long transactions =
        Long.parseLong(
            SessionSetup.ask(
                hot.connection(), "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"));
    boolean found = false;
    int pages = 0;
    for (RootTable root : settings.policy().roots()) {
      List<TableId> tables = archived(root);
      if (tables.isEmpty()) {
        continue;
      }
      List<String> made = new ArrayList<>();
      found |= pages(filling, root, tables, transactions, newest, made);
      for (TableId table : tables) {
        rows(filling, table, made);
      }
      pages += made.size();
    }
    log.warn("the journal was filled again from departures: {} pages", pages);
    return found;
  }

  private List<TableId> archived(RootTable root) throws SQLException {
    List<TableId> tables = new ArrayList<>();
    for (AggregateTable one : AggregateTable.of(root)) {
      if (!key(one.table()).isEmpty()) {
        tables.add(one.table());
      }
    }
    return tables;
  }

  private boolean pages(
      Connection filling,
      RootTable root,
      List<TableId> tables,
      long transactions,
      String newest,
      List<String> made)
      throws SQLException {
    String departures =
        String.join(
            " UNION ALL ",
            tables.stream()
                .map(table -> UNJOURNALED.formatted(table.equals(root.table()), table.cold().sql()))
                .toList());
    String sql = PAGES.formatted(departures);
    boolean found = false;
    try (PreparedStatement insert = filling.prepareStatement(sql)) {
      insert.setString(1, root.table().toString());
      insert.setString(2, hot.systemId());
      insert.setLong(3, transactions);
      insert.setLong(4, transactions);
      insert.setString(5, newest);
      try (ResultSet row = insert.executeQuery()) {
        while (row.next()) {
          made.add(row.getString(1));
          found |= row.getBoolean(2);
        }
      }
    }
    return found;
  }

  private void rows(Connection filling, TableId table, List<String> pages) throws SQLException {
    String key =
        String.join(
            ", ", key(table).stream().map(name -> "c." + Sql.identifier(name) + "::text").toList());
    String digest = WitnessCheck.digest(filling, table);
    try (PreparedStatement insert =
        filling.prepareStatement(ROWS.formatted(key, digest, table.cold().sql()))) {
      insert.setString(1, table.toString());
      insert.setString(2, TextArray.write(pages));
      insert.executeUpdate();
    }
  }

  private List<String> key(TableId table) throws SQLException {
    @Nullable String key = text(archive.connection(), KEY, table.schema(), table.name());
    return key == null ? List.of() : TextArray.read(key);
  }

  private void update(String sql, String... values) throws SQLException {
    try (PreparedStatement statement = archive.connection().prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  private static @Nullable String text(Connection connection, String sql, String... values)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        query.setString(i + 1, values[i]);
      }
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }
}
