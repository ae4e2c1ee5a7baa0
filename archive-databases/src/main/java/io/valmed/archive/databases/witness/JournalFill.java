package io.valmed.archive.databases.witness;

import io.valmed.archive.databases.archive.AlarmTable;
import io.valmed.archive.databases.archive.CaughtUp;
import io.valmed.archive.databases.hot.AggregateTable;
import io.valmed.archive.databases.hot.PrimaryKeys;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.jdbc.TextArray;
import io.valmed.archive.runtime.jdbc.UnitOfWork;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the journal again with pages of which only the departures tell: the archive came back from
 * an older state, without the journal of purges since, and the sinks have read those again (ADR
 * 0121). That reads the cold stores concerned once, in sessions of its own.
 */
public final class JournalFill {
  private static final Logger log = LoggerFactory.getLogger(JournalFill.class);
  private static final String LACKS =
      "The journal does not have the pages of purges whose departures have come: the archive came back from an older state. The journal is filled again from them once the archive has caught up.";
  private static final String ANY =
      "SELECT EXISTS (SELECT FROM arc.purged_departure WHERE NOT journaled AND prefix IN ('', ?))";
  // A page that was taken for lost, since hot was put back to before it or failed over without it:
  // capture had read it all the same.
  private static final String TAKEN_BACK =
      """
      WITH back AS (
        UPDATE arc.purge_page p SET outcome = 'committed', settled_at = clock_timestamp()
        WHERE p.outcome = 'rolled-back' AND p.prefix = ? AND EXISTS (
          SELECT FROM arc.purged_departure d
          WHERE NOT d.journaled AND d.prefix IN ('', p.prefix) AND d.txid = (p.hot_xid & 4294967295)
            AND d.archived_at BETWEEN p.intended_at AND p.intended_at + interval '30 days'
            AND EXISTS (SELECT FROM arc.purge_row r WHERE r.page = p.id AND r.table_name = d.table_name))
        RETURNING p.hot_xid & 4294967295 AS txid, p.prefix)
      UPDATE arc.purged_departure d SET journaled = true FROM back
      WHERE NOT d.journaled AND d.txid = back.txid AND d.prefix IN ('', back.prefix)
      """;
  // The same, where the departures came while the page was still taken for committed: a sink's
  // transaction may have been under way when nobody saw them. A number that another page was given
  // since, as happens after a failover, says nothing of this one.
  private static final String COUNTED_BEFORE =
      """
      UPDATE arc.purge_page p SET outcome = 'committed', settled_at = clock_timestamp()
      WHERE p.outcome = 'rolled-back' AND p.prefix = ? AND EXISTS (
          SELECT FROM arc.purged_departure d
          WHERE d.prefix IN ('', p.prefix) AND d.txid = (p.hot_xid & 4294967295)
            AND d.archived_at BETWEEN p.intended_at AND p.intended_at + interval '30 days'
            AND EXISTS (SELECT FROM arc.purge_row r WHERE r.page = p.id AND r.table_name = d.table_name))
        AND NOT EXISTS (
          SELECT FROM arc.purge_page q
          WHERE q.prefix = p.prefix AND q.id <> p.id AND q.outcome <> 'rolled-back'
            AND (q.hot_xid & 4294967295) = (p.hot_xid & 4294967295))
      """;
  private static final String LOCK =
      "SELECT pg_try_advisory_xact_lock(hashtextextended('arc.journal_fill', 0))";
  private static final String HOT =
      """
      SELECT pg_snapshot_xmax(pg_current_snapshot())::text || ' ' || system_identifier || '/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)
      FROM pg_control_system()
      """;
  // 32 bits of a transaction's number are told; the others are those of the newest one before now.
  private static final String PAGES =
      """
      INSERT INTO arc.purge_page (worker, root_table, hot_system_id, hot_xid, hot_lsn, aggregates, rows, outcome, intended_at, settled_at, prefix)
      SELECT 'recovered', g.root, g.system, g.newest - ((g.newest - d.txid) & 4294967295), '0/0',
        coalesce(sum(d.rows) FILTER (WHERE d.table_name = g.root), 0), sum(d.rows), 'committed', min(d.archived_at), clock_timestamp(), g.prefix
      FROM arc.purged_departure d, (SELECT ?::text AS root, ?::text AS system, ?::bigint AS newest, ?::text AS prefix) AS g
      WHERE NOT d.journaled AND d.prefix IN ('', g.prefix) AND d.table_name = ANY (?::text[])
      GROUP BY d.txid, g.root, g.system, g.newest, g.prefix RETURNING id
      """;
  private static final String ROWS =
      """
      INSERT INTO arc.purge_row (page, table_name, key, digest)
      SELECT p.id, ?, ARRAY[%1$s], %2$s
      FROM %3$s AS c JOIN arc.purge_page p ON p.id = ANY (?::bigint[]) AND (p.hot_xid & 4294967295) = c.arc_txid
      WHERE c.arc_cause = 'purged' AND c.arc_archived_at >= p.intended_at - interval '10 minutes' AND %2$s IS NOT NULL
      """;
  private static final String JOURNALED =
      """
      UPDATE arc.purged_departure d SET journaled = true
      WHERE NOT d.journaled AND d.table_name = ANY (?::text[])
        AND d.txid IN (SELECT p.hot_xid & 4294967295 FROM arc.purge_page p WHERE p.id = ANY (?::bigint[]))
      """;

  private final Settings settings;
  private long noticed;

  /** Looks into the databases of these settings. */
  public JournalFill(Settings settings) {
    this.settings = settings;
  }

  /**
   * Looks, and fills the journal once the archive has caught up with what hot had committed when a
   * page was first missed: then all departures of those transactions have come.
   */
  public void look(Connection watching) throws SQLException {
    if (!any(watching)) {
      noticed = 0;
      return;
    }
    try (Connection hot =
            DigestSession.open(
                settings.hot().purger(), "archive purge journal", Duration.ofMinutes(1));
        Connection archive =
            DigestSession.open(
                settings.archive().purger(), "archive purge journal", Duration.ZERO)) {
      if (noticed == 0) {
        new AlarmTable(archive, settings.prefix()).note("journal", null, LACKS);
        log.error("ALARM {}", LACKS);
        noticed = Lsn.parse(DigestSession.ask(hot, "SELECT pg_current_wal_insert_lsn()::text"));
      }
      CaughtUp progress = new CaughtUp(hot, archive, settings.capture().slot());
      if (Long.compareUnsigned(progress.lsn(), noticed) >= 0) {
        UnitOfWork.of(archive, () -> fill(hot, archive));
      }
    }
  }

  private boolean any(Connection watching) throws SQLException {
    if (!unjournaled(watching)) {
      return false;
    }
    return update(watching, TAKEN_BACK) == 0 || unjournaled(watching);
  }

  private boolean unjournaled(Connection watching) throws SQLException {
    try (PreparedStatement query = watching.prepareStatement(ANY)) {
      query.setString(1, settings.prefix());
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  /**
   * Fills the journal of an archive that has caught up with hot, all of it or nothing.
   *
   * @return how many pages it lacked, or took for rolled back
   */
  public int fillNow(Connection hot, Connection archive) throws SQLException {
    int countedBefore = update(archive, COUNTED_BEFORE);
    return countedBefore + (any(archive) ? UnitOfWork.of(archive, () -> fill(hot, archive)) : 0);
  }

  private int update(Connection archive, String sql) throws SQLException {
    try (PreparedStatement update = archive.prepareStatement(sql)) {
      update.setString(1, settings.prefix());
      return update.executeUpdate();
    }
  }

  private int fill(Connection hot, Connection archive) throws SQLException {
    if (!"t".equals(DigestSession.ask(archive, LOCK))) {
      return 0;
    }
    String[] told = DigestSession.ask(hot, HOT).split(" ", 2);
    int pages = 0;
    for (RootTable root : settings.policy().roots()) {
      List<TableId> tables = AggregateTable.of(root).stream().map(AggregateTable::table).toList();
      List<String> made = pages(archive, root.table(), tables, told);
      if (!made.isEmpty()) {
        for (TableId table : tables) {
          rows(archive, table, made);
        }
        mark(archive, tables, made);
        pages += made.size();
      }
    }
    if (pages > 0) {
      log.warn("the journal was filled again from departures: {} pages", pages);
    }
    return pages;
  }

  private List<String> pages(Connection archive, TableId root, List<TableId> tables, String[] told)
      throws SQLException {
    List<String> made = new ArrayList<>();
    try (PreparedStatement insert = archive.prepareStatement(PAGES)) {
      insert.setString(1, root.toString());
      insert.setString(2, told[1]);
      insert.setLong(3, Long.parseLong(told[0]));
      insert.setString(4, settings.prefix());
      insert.setString(5, texts(tables));
      try (ResultSet row = insert.executeQuery()) {
        while (row.next()) {
          made.add(row.getString(1));
        }
      }
    }
    return made;
  }

  private static void rows(Connection archive, TableId table, List<String> pages)
      throws SQLException {
    List<String> key = PrimaryKeys.of(archive, table).names();
    if (key.isEmpty()) {
      return;
    }
    String sql =
        ROWS.formatted(
            key.stream()
                .map(name -> "c." + Sql.identifier(name) + "::text")
                .collect(Collectors.joining(", ")),
            WitnessCheck.digest(archive, table),
            table.cold().sql());
    try (PreparedStatement insert = archive.prepareStatement(sql)) {
      insert.setString(1, table.toString());
      insert.setString(2, TextArray.write(pages));
      insert.executeUpdate();
    }
  }

  private static void mark(Connection archive, List<TableId> tables, List<String> pages)
      throws SQLException {
    try (PreparedStatement update = archive.prepareStatement(JOURNALED)) {
      update.setString(1, texts(tables));
      update.setString(2, TextArray.write(pages));
      update.executeUpdate();
    }
  }

  private static String texts(List<TableId> tables) {
    return TextArray.write(tables.stream().map(TableId::toString).toList());
  }
}
