package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.hot.PrimaryKeys;
import io.valmed.archive.model.RowDigest;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Compares the purge journal with the cold store: every row that was purged must have come back
 * through the WAL as a departure of the same transaction, with the digest that was proven.
 *
 * @param table the table
 * @param purged rows of committed pages
 * @param witnessed those of them that the cold store bears witness to
 * @param unwitnessed some of the others
 */
public record WitnessCheck(
    TableId table, long purged, long witnessed, List<Unwitnessed> unwitnessed) {
  private static final String TABLES =
      """
      SELECT DISTINCT r.table_name
      FROM arc.purge_row r JOIN arc.purge_page p ON p.id = r.page
      WHERE p.outcome = 'committed' ORDER BY 1
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
        SELECT ARRAY[%1$s] AS key, c.arc_txid AS txid, %2$s AS digest
        FROM %3$s AS c WHERE c.arc_cause = 'purged')
      SELECT r.page, r.digest, cold.key IS NOT NULL AS witnessed
      FROM arc.purge_row r JOIN arc.purge_page p ON p.id = r.page
      LEFT JOIN cold ON cold.key = r.key AND cold.txid = (p.hot_xid & 4294967295) AND cold.digest = r.digest
      WHERE p.outcome = 'committed' AND r.table_name = ?
      """;

  private static final String UNMATCHED =
      """
      SELECT r.page, r.digest, false AS witnessed
      FROM arc.purge_row r JOIN arc.purge_page p ON p.id = r.page
      WHERE p.outcome = 'committed' AND r.table_name = ?
      """;
  private static final String TOTALS =
      """
      WITH matched AS MATERIALIZED (%s)
      SELECT total.purged, total.witnessed, missing.page, missing.digest
      FROM (SELECT count(*) AS purged, count(*) FILTER (WHERE witnessed) AS witnessed FROM matched) AS total
      LEFT JOIN (
        SELECT page, encode(digest, 'hex') AS digest FROM matched WHERE NOT witnessed ORDER BY 1, 2 LIMIT ?) AS missing ON true
      """;

  /**
   * A purged row without a witness.
   *
   * @param page its journal page
   * @param digest the proven digest, in hex: what to look for in {@code arc.purge_row}
   */
  public record Unwitnessed(long page, String digest) {}

  /**
   * Checks all tables of the journal.
   *
   * @param most list at most that many unwitnessed rows of a table
   */
  public static List<WitnessCheck> read(Settings settings, int most) throws SQLException {
    List<WitnessCheck> checks = new ArrayList<>();
    try (Connection archive =
        SessionSetup.open(settings.archive().purger(), "archive witnesses", Duration.ZERO)) {
      List<String> tables = new ArrayList<>();
      try (Statement statement = archive.createStatement();
          ResultSet rows = statement.executeQuery(TABLES)) {
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
      }
      for (String table : tables) {
        checks.add(of(archive, TableId.parse(table), most));
      }
    }
    return checks;
  }

  private static WitnessCheck of(Connection archive, TableId table, int most) throws SQLException {
    List<String> key = PrimaryKeys.of(archive, table).names();
    String matched =
        key.isEmpty()
            ? UNMATCHED
            : MATCHED.formatted(
                key.stream()
                    .map(name -> "c." + Sql.identifier(name) + "::text")
                    .collect(Collectors.joining(", ")),
                digest(archive, table),
                table.cold().sql());
    List<Unwitnessed> missing = new ArrayList<>();
    try (PreparedStatement query = archive.prepareStatement(TOTALS.formatted(matched))) {
      query.setString(1, table.toString());
      query.setInt(2, most);
      try (ResultSet row = query.executeQuery()) {
        long purged = 0;
        long witnessed = 0;
        while (row.next()) {
          purged = row.getLong(1);
          witnessed = row.getLong(2);
          if (row.getString(4) != null) {
            missing.add(new Unwitnessed(row.getLong(3), row.getString(4)));
          }
        }
        return new WitnessCheck(table, purged, witnessed, List.copyOf(missing));
      }
    }
  }

  /** The digest of a cold row over the columns of its own version; NULL for an unknown one. */
  static String digest(Connection archive, TableId table) throws SQLException {
    StringBuilder choice = new StringBuilder("CASE c.arc_version");
    try (PreparedStatement query = archive.prepareStatement(VERSIONS)) {
      query.setString(1, table.schema());
      query.setString(2, table.name());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          String[] columns = (String[]) rows.getArray(2).getArray();
          choice
              .append(" WHEN ")
              .append(rows.getInt(1))
              .append(" THEN ")
              .append(RowDigest.expression("c", List.of(columns)));
        }
      }
    }
    return choice.indexOf("WHEN") < 0 ? "NULL::bytea" : choice.append(" END").toString();
  }
}
