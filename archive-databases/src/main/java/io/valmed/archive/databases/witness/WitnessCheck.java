package io.valmed.archive.databases.witness;

import io.valmed.archive.databases.hot.PrimaryKeys;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.jdbc.TableFault;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the purge journal with the cold store, in both directions: every row that was purged
 * must have come back through the WAL as a departure of the same transaction, with the digest that
 * was proven, and every such departure must be of a transaction that the journal has.
 *
 * @param table the table
 * @param purged rows of committed pages
 * @param witnessed those of them that the cold store bears witness to
 * @param otherwise rows that came into the cold store in another way, equal: as unseen or
 *     superseded; or whose cold store was set aside
 * @param unwitnessed some of the others
 * @param unjournaled purged rows of the cold store of whose transaction the journal has no page
 * @param problem why the table could not be compared; null: it could
 */
public record WitnessCheck(
    TableId table,
    long purged,
    long witnessed,
    long otherwise,
    List<Unwitnessed> unwitnessed,
    long unjournaled,
    @Nullable String problem) {
  private static final String TABLES =
      """
      SELECT DISTINCT r.table_name
      FROM arc.purge_row r JOIN arc.purge_page p ON p.id = r.page
      WHERE p.prefix = ? AND p.outcome = 'committed' AND p.settled_at <= ?
      UNION
      SELECT format('%I.%I', t.schema_name, t.table_name) FROM arc.archived_table t
      WHERE NOT EXISTS (
        SELECT FROM arc.table_claim c WHERE (c.schema_name, c.table_name) = (t.schema_name, t.table_name) AND c.prefix <> ?)
      ORDER BY 1
      """;
  // The digest covers the columns that hot had when the row left: those of the row's own version.
  private static final String VERSIONS =
      """
      SELECT v.version, array_agg(c.item ->> 'name' ORDER BY c.place)
      FROM arc.table_version v CROSS JOIN jsonb_array_elements(v.columns) WITH ORDINALITY AS c (item, place)
      WHERE v.schema_name = ? AND v.table_name = ? GROUP BY v.version ORDER BY v.version
      """;
  private static final String MATCHED =
      """
      WITH cold AS MATERIALIZED (
        SELECT DISTINCT ARRAY[%1$s] AS key, CASE c.arc_cause WHEN 'purged' THEN c.arc_txid END AS txid, d.digest
        FROM %3$s AS c CROSS JOIN LATERAL unnest(CASE c.arc_cause WHEN 'purged' THEN ARRAY[%2$s] ELSE %4$s END) AS d (digest)
        WHERE c.arc_cause IN ('purged', 'unseen', 'superseded'))
      SELECT r.page, r.digest, cold.key IS NOT NULL AS witnessed, other.key IS NOT NULL AS otherwise
      FROM arc.purge_row r JOIN arc.purge_page p ON p.id = r.page
      LEFT JOIN cold ON cold.key = r.key AND cold.txid = (p.hot_xid & 4294967295) AND cold.digest = r.digest
      LEFT JOIN cold AS other ON other.key = r.key AND other.txid IS NULL AND other.digest = r.digest
      WHERE p.prefix = ? AND p.outcome = 'committed' AND r.table_name = ? AND p.settled_at <= ?
      """;

  private static final String UNMATCHED =
      """
      SELECT r.page, r.digest, false AS witnessed,
        EXISTS (SELECT FROM arc.aside_table a WHERE ARRAY[a.schema_name, a.table_name] = parse_ident(r.table_name)) AS otherwise
      FROM arc.purge_row r JOIN arc.purge_page p ON p.id = r.page
      WHERE p.prefix = ? AND p.outcome = 'committed' AND r.table_name = ? AND p.settled_at <= ?
      """;
  private static final String TOTALS =
      """
      WITH matched AS MATERIALIZED (%s)
      SELECT total.purged, total.witnessed, missing.page, missing.digest, total.otherwise
      FROM (SELECT count(*) AS purged, count(*) FILTER (WHERE witnessed) AS witnessed,
        count(*) FILTER (WHERE otherwise AND NOT witnessed) AS otherwise FROM matched) AS total
      LEFT JOIN (
        SELECT page, encode(digest, 'hex') AS digest FROM matched WHERE NOT witnessed AND NOT otherwise ORDER BY 1, 2 LIMIT ?) AS missing ON true
      """;

  private static final String UNJOURNALED =
      """
      SELECT count(*) FROM %s AS c
      WHERE c.arc_cause = 'purged' AND NOT EXISTS (
        SELECT FROM arc.purge_page p WHERE p.prefix = ? AND (p.hot_xid & 4294967295) = c.arc_txid AND p.outcome <> 'rolled-back')
      """;

  /** Rows that were purged and of which the cold store has no record. */
  public long missing() {
    return purged - witnessed - otherwise;
  }

  /** Whether journal and cold store tell the same. */
  public boolean clean() {
    return problem == null && missing() == 0 && unjournaled == 0;
  }

  /**
   * A purged row without a witness.
   *
   * @param page its journal page
   * @param digest the proven digest, in hex: what to look for in {@code arc.purge_row}
   */
  public record Unwitnessed(long page, String digest) {}

  /**
   * Checks all tables of the journal, as it is now.
   *
   * @param most list at most that many unwitnessed rows of a table
   */
  public static List<WitnessCheck> read(Settings settings, int most) throws SQLException {
    return read(settings, most, OffsetDateTime.MAX);
  }

  /**
   * The same for pages that were settled by then.
   *
   * @param settled by the archive's clock
   */
  public static List<WitnessCheck> read(Settings settings, int most, OffsetDateTime settled)
      throws SQLException {
    List<WitnessCheck> checks = new ArrayList<>();
    try (Connection archive =
        DigestSession.open(settings.archive().purger(), "archive witnesses", Duration.ZERO)) {
      try (Statement plans = archive.createStatement()) {
        // Without statistics of journal and cold store the planner would compare all with all.
        plans.execute("SET enable_nestloop = off");
      }
      Set<TableId> tables = new LinkedHashSet<>();
      try (PreparedStatement query = archive.prepareStatement(TABLES)) {
        query.setString(1, settings.prefix());
        query.setObject(2, settled);
        query.setString(3, settings.prefix());
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            tables.add(TableId.parse(rows.getString(1)));
          }
        }
      }
      for (TableId table : tables) {
        WitnessCheck check = orFault(archive, settings.prefix(), table, most, settled);
        if (check.purged() > 0 || check.unjournaled() > 0 || check.problem() != null) {
          checks.add(check);
        }
      }
    }
    return checks;
  }

  private static WitnessCheck orFault(
      Connection archive, String prefix, TableId table, int most, OffsetDateTime settled)
      throws SQLException {
    try {
      return of(archive, prefix, table, most, settled);
    } catch (SQLException e) {
      String problem = "its journal or cold store " + TableFault.inArchive(e, archive);
      return new WitnessCheck(table, 0, 0, 0, List.of(), 0, problem);
    }
  }

  private static WitnessCheck of(
      Connection archive, String prefix, TableId table, int most, OffsetDateTime settled)
      throws SQLException {
    List<String> key = PrimaryKeys.of(archive, table).names();
    String matched =
        key.isEmpty()
            ? UNMATCHED
            : MATCHED.formatted(
                key.stream()
                    .map(name -> "c." + Sql.identifier(name) + "::text")
                    .collect(Collectors.joining(", ")),
                digest(archive, table),
                table.cold().sql(),
                digests(archive, table));
    List<Unwitnessed> missing = new ArrayList<>();
    try (PreparedStatement query = archive.prepareStatement(TOTALS.formatted(matched))) {
      query.setString(1, prefix);
      query.setString(2, table.toString());
      query.setObject(3, settled);
      query.setInt(4, most);
      try (ResultSet row = query.executeQuery()) {
        long purged = 0;
        long witnessed = 0;
        long otherwise = 0;
        while (row.next()) {
          purged = row.getLong(1);
          witnessed = row.getLong(2);
          otherwise = row.getLong(5);
          if (row.getString(4) != null) {
            missing.add(new Unwitnessed(row.getLong(3), row.getString(4)));
          }
        }
        long unjournaled = key.isEmpty() ? 0 : unjournaled(archive, prefix, table);
        return new WitnessCheck(
            table, purged, witnessed, otherwise, List.copyOf(missing), unjournaled, null);
      }
    }
  }

  private static long unjournaled(Connection archive, String prefix, TableId table)
      throws SQLException {
    try (PreparedStatement query =
        archive.prepareStatement(UNJOURNALED.formatted(table.cold().sql()))) {
      query.setString(1, prefix);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** The digest of a cold row over the columns of its own version; NULL for an unknown one. */
  public static String digest(Connection archive, TableId table) throws SQLException {
    StringBuilder choice = new StringBuilder("CASE c.arc_version");
    versions(archive, table)
        .forEach(
            (version, columns) ->
                choice
                    .append(" WHEN ")
                    .append(version)
                    .append(" THEN ")
                    .append(RowDigest.expression("c", columns)));
    return choice.indexOf("WHEN") < 0 ? "NULL::bytea" : choice.append(" END").toString();
  }

  /**
   * The digests of a cold row over the columns of each version, as an array. What was filed from
   * the mirror has the version that it had there; hot may have had other columns when it proved it.
   */
  public static String digests(Connection archive, TableId table) throws SQLException {
    List<String> digests = new ArrayList<>();
    versions(archive, table)
        .values()
        .forEach(columns -> digests.add(RowDigest.expression("c", columns)));
    return "ARRAY[" + String.join(", ", digests) + "]::bytea[]";
  }

  private static Map<Integer, List<String>> versions(Connection archive, TableId table)
      throws SQLException {
    Map<Integer, List<String>> versions = new LinkedHashMap<>();
    try (PreparedStatement query = archive.prepareStatement(VERSIONS)) {
      query.setString(1, table.schema());
      query.setString(2, table.name());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          versions.put(rows.getInt(1), List.of((String[]) rows.getArray(2).getArray()));
        }
      }
    }
    return versions;
  }
}
