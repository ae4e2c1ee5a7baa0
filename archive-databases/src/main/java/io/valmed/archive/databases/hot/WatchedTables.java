package io.valmed.archive.databases.hot;

import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.jdbc.SqlState;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether what is deleted from tables now will come back through capture's slot as whole
 * departures: the slot retains it, the publication has the tables whole, and capture has not parked
 * them. Capture itself may be down: the slot keeps the deletes for it.
 */
public final class WatchedTables {
  // One row per table, the heartbeat's first. By oid: the names were resolved under the caller's
  // locks. The slot is compared with the last beat: one that nobody reads, yet stands beyond it,
  // was made anew or moved on by somebody else.
  private static final String SQL =
      """
      WITH t AS (
        SELECT 0 AS ord, 'arc.heartbeat'::regclass::oid AS oid, 'arc.heartbeat' AS told
        UNION ALL
        SELECT o.ord::int, format('%I.%I', o.schema, o.name)::regclass::oid, o.told
        FROM unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS o (schema, name, told, ord)),
      p AS MATERIALIZED (
        SELECT pubname, pubinsert AND pubupdate AND pubdelete AS whole FROM pg_publication WHERE pubname = ?),
      g AS MATERIALIZED (
        SELECT g.relid, g.attrs, g.qual IS NOT NULL AS filtered FROM p CROSS JOIN LATERAL pg_get_publication_tables(p.pubname) AS g),
      h AS MATERIALIZED (
        SELECT written_lsn, epoch FROM arc.heartbeat WHERE slot = ?),
      s AS MATERIALIZED (
        SELECT CASE
          WHEN s.slot_type <> 'logical' OR s.database <> current_database() OR s.plugin <> 'pgoutput' OR s.temporary THEN 'foreign'
          WHEN s.wal_status = 'lost' OR s.invalidation_reason IS NOT NULL THEN 'lost'
          WHEN s.wal_status = 'unreserved' THEN 'unreserved'
          WHEN s.confirmed_flush_lsn IS NULL THEN 'beginning'
          WHEN NOT s.active AND s.restart_lsn > (SELECT h.written_lsn FROM h) THEN 'moved'
          ELSE 'retains' END AS state
        FROM pg_replication_slots s WHERE s.slot_name = ?)
      SELECT t.ord, coalesce((SELECT s.state FROM s), 'missing'), (SELECT h.epoch FROM h), (SELECT p.whole FROM p), g.relid IS NOT NULL, g.filtered,
        EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attnum = ANY (g.attrs)),
        (SELECT k.reason FROM arc.parked_table k, h WHERE k.slot = ? AND k.table_name = t.told AND k.epoch >= h.epoch)
      FROM t LEFT JOIN g ON g.relid = t.oid ORDER BY t.ord
      """;

  private static final String NEW_EPOCH = "run './archive capture --new-epoch'";

  private final Connection connection;
  private final String slot;
  private final String publication;

  /**
   * @param connection a session in hot; if a transaction is open in it, it is read in it
   * @param slot capture's slot
   * @param publication capture's publication
   */
  public WatchedTables(Connection connection, String slot, String publication) {
    this.connection = connection;
    this.slot = slot;
    this.publication = publication;
  }

  /**
   * What was found.
   *
   * @param epoch the epoch in which capture writes its heartbeat; 0: it has written none
   * @param problem why the tables' deletes would not all come back; null: they will
   */
  public record Watch(int epoch, @Nullable Unwatched problem) {}

  /**
   * Why deletes would be lost.
   *
   * @param sentence what is wrong and what to do
   * @param passes whether it passes by itself while capture works
   */
  public record Unwatched(String sentence, boolean passes) {}

  /**
   * Looks now.
   *
   * @param tables tables that exist, and that the caller's locks keep as they are
   */
  public Watch read(List<TableId> tables) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(SQL)) {
      query.setArray(1, texts(tables.stream().map(TableId::schema).toArray(String[]::new)));
      query.setArray(2, texts(tables.stream().map(TableId::name).toArray(String[]::new)));
      query.setArray(3, texts(tables.stream().map(TableId::toString).toArray(String[]::new)));
      query.setString(4, publication);
      query.setString(5, slot);
      query.setString(6, slot);
      query.setString(7, slot);
      try (ResultSet row = query.executeQuery()) {
        @Nullable Unwatched problem = null;
        int epoch = 0;
        while (row.next() && problem == null) {
          epoch = row.getInt(3);
          problem = problem(row, epoch, tables);
        }
        return new Watch(epoch, problem);
      }
    } catch (SQLException e) {
      if (SqlState.UNDEFINED_OBJECT.equals(e.getSQLState())) {
        // The publication went while the catalogs were read.
        return new Watch(0, noPublication());
      }
      throw e;
    }
  }

  private Array texts(String[] values) throws SQLException {
    return connection.createArrayOf("text", values);
  }

  private @Nullable Unwatched problem(ResultSet row, int epoch, List<TableId> tables)
      throws SQLException {
    @Nullable Unwatched ofSlot = ofSlot(row.getString(2));
    if (ofSlot != null) {
      return ofSlot;
    }
    if (epoch == 0) {
      return passing(
          "capture has not written a heartbeat for replication slot " + slot + " yet; start it");
    }
    boolean whole = row.getBoolean(4);
    if (row.wasNull()) {
      return noPublication();
    }
    int place = row.getInt(1);
    String table = place == 0 ? "arc.heartbeat" : tables.get(place - 1).toString();
    if (!whole) {
      return lasting(
          "publication %s does not publish inserts, updates and deletes; run \"ALTER PUBLICATION %s SET (publish = 'insert, update, delete, truncate')\" and './archive capture --new-epoch'"
              .formatted(publication, publication));
    }
    if (!row.getBoolean(5)) {
      return lasting(
          "table %s is not in publication %s, so that its deletes would never reach the archive; run './archive provision hot' and './archive capture --new-epoch'"
              .formatted(table, publication));
    }
    if (row.getBoolean(6) || row.getBoolean(7)) {
      return lasting(
          "table %s is in publication %s with a %s, so that its rows would leave incompletely; drop it from the publication, run './archive provision hot' and './archive capture --new-epoch'"
              .formatted(
                  table, publication, row.getBoolean(6) ? "row filter" : "part of its columns"));
    }
    @Nullable String parked = row.getString(8);
    if (parked != null) {
      return lasting(
          "capture has parked table %s, so that its deletes would not reach the archive: %s"
              .formatted(table, parked));
    }
    return null;
  }

  private @Nullable Unwatched ofSlot(String state) {
    return switch (state) {
      case "retains" -> null;
      case "missing" ->
          lasting(
              "the hot database does not have capture's replication slot %s, so that deletes would never reach the archive; %s"
                  .formatted(slot, NEW_EPOCH));
      case "foreign" ->
          lasting(
              "replication slot %s is not a lasting pgoutput slot of this database, so capture cannot read the deletes; drop it and %s"
                  .formatted(slot, NEW_EPOCH));
      case "lost" ->
          lasting(
              "replication slot %s has been invalidated, so that deletes would never reach the archive; %s"
                  .formatted(slot, NEW_EPOCH));
      case "unreserved" ->
          passing(
              "hot is about to remove WAL that replication slot %s still needs (max_slot_wal_keep_size); start capture"
                  .formatted(slot));
      case "moved" ->
          passing(
              "replication slot %s was made anew or moved on since capture's last heartbeat; start capture, which says what is to be done"
                  .formatted(slot));
      default -> passing("replication slot %s is being created; wait".formatted(slot));
    };
  }

  private Unwatched noPublication() {
    return lasting(
        "the hot database does not have capture's publication %s, so that deletes would never reach the archive; run './archive provision hot' and './archive capture --new-epoch'"
            .formatted(publication));
  }

  private static Unwatched lasting(String sentence) {
    return new Unwatched(sentence, false);
  }

  private static Unwatched passing(String sentence) {
    return new Unwatched(sentence, true);
  }
}
