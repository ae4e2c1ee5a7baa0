package io.valmed.archive.databases.witness;

import io.valmed.archive.databases.hot.PrimaryKey;
import io.valmed.archive.databases.hot.PrimaryKeys;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a journal page that the cold store has no record of: neither as departures of the page's
 * transaction, nor in another way with the content that was proven (ADR 0112).
 */
public final class MissingRows {
  private static final String TABLES =
      "SELECT DISTINCT table_name FROM arc.purge_row WHERE page = ? ORDER BY 1";
  private static final String MISSING =
      """
      arc.purge_row AS r JOIN arc.purge_page AS p ON p.id = r.page
      WHERE r.page = ? AND r.table_name = ? AND NOT EXISTS (
        SELECT FROM %s AS c
        WHERE %s AND (c.arc_cause = 'purged' AND c.arc_txid = (p.hot_xid & 4294967295) AND %s = r.digest
          OR c.arc_cause IN ('unseen', 'superseded') AND r.digest = ANY (%s)))
      """;
  private static final String OF_NO_TABLE =
      """
      arc.purge_row AS r WHERE r.page = ? AND r.table_name = ? AND NOT EXISTS (
        SELECT FROM arc.aside_table a WHERE ARRAY[a.schema_name, a.table_name] = parse_ident(r.table_name))
      """;

  private static final String JOURNALED =
      "SELECT count(*) FROM arc.purge_row WHERE page = ? AND table_name = ?";

  private final Connection archive;

  public MissingRows(Connection archive) {
    this.archive = archive;
  }

  /** The tables that a page has rows of, as the journal writes them. */
  public List<TableId> tables(long page) throws SQLException {
    List<TableId> tables = new ArrayList<>();
    try (PreparedStatement query = archive.prepareStatement(TABLES)) {
      query.setLong(1, page);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          tables.add(TableId.parse(row.getString(1)));
        }
      }
    }
    return tables;
  }

  /** How many rows of the page are missing. */
  public long count(long page) throws SQLException {
    long missing = 0;
    for (TableId table : tables(page)) {
      missing += count(page, table);
    }
    return missing;
  }

  /** How many rows of one table. */
  public long count(long page, TableId table) throws SQLException {
    try (PreparedStatement query =
        archive.prepareStatement("SELECT count(*) FROM " + from(table))) {
      query.setLong(1, page);
      query.setString(2, table.toString());
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (state.startsWith("22") || state.startsWith("42")) {
        // A table that cannot be asked any more bears no witness.
        return journaled(page, table);
      }
      throw e;
    }
  }

  private long journaled(long page, TableId table) throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(JOURNALED)) {
      query.setLong(1, page);
      query.setString(2, table.toString());
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** The keys of those rows, each as a JSON array of texts. */
  public List<String> keys(long page, TableId table) throws SQLException {
    List<String> keys = new ArrayList<>();
    try (PreparedStatement query =
        archive.prepareStatement("SELECT to_jsonb(r.key)::text FROM " + from(table))) {
      query.setLong(1, page);
      query.setString(2, table.toString());
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          keys.add(row.getString(1));
        }
      }
    }
    return keys;
  }

  /** What stands behind FROM: rows {@code r} of the journal. Takes the page and the table. */
  public String from(TableId table) throws SQLException {
    String key = keyOf(archive, table, "c");
    return key.isEmpty()
        ? OF_NO_TABLE
        : MISSING.formatted(
            table.cold().sql(),
            key,
            WitnessCheck.digest(archive, table),
            WitnessCheck.digests(archive, table));
  }

  /** The condition that a row has the key that {@code r.key} names; empty: there is no table. */
  public static String keyOf(Connection archive, TableId table, String alias) throws SQLException {
    List<String> key = new ArrayList<>();
    for (PrimaryKey.Column column : PrimaryKeys.of(archive, table).columns()) {
      key.add(
          "%s.%s = r.key[%d]::%s"
              .formatted(alias, Sql.identifier(column.name()), key.size() + 1, column.type()));
    }
    return String.join(" AND ", key);
  }
}
