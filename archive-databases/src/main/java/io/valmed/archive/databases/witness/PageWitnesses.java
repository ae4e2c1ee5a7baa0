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

/** Whether the cold store bears witness to every row of one journal page. */
public final class PageWitnesses {
  private static final String ALL_WITNESSED =
      """
      SELECT count(*) = count(*) FILTER (WHERE EXISTS (
        SELECT FROM %s AS c
        WHERE %s AND c.arc_cause = 'purged' AND c.arc_txid = (p.hot_xid & 4294967295) AND %s = r.digest))
      FROM arc.purge_row AS r JOIN arc.purge_page AS p ON p.id = r.page
      WHERE r.page = ? AND r.table_name = ?
      """;

  private final Connection archive;

  public PageWitnesses(Connection archive) {
    this.archive = archive;
  }

  /**
   * Whether all rows are witnessed; a table that cannot be asked any more bears none.
   *
   * @param tables the tables of the page's rows
   */
  public boolean all(long page, Iterable<String> tables) throws SQLException {
    for (String table : tables) {
      if (!all(page, TableId.parse(table))) {
        return false;
      }
    }
    return true;
  }

  private boolean all(long page, TableId table) throws SQLException {
    List<String> key = new ArrayList<>();
    for (PrimaryKey.Column column : PrimaryKeys.of(archive, table).columns()) {
      key.add(
          "c.%s = r.key[%d]::%s"
              .formatted(Sql.identifier(column.name()), key.size() + 1, column.type()));
    }
    if (key.isEmpty()) {
      return false;
    }
    String sql =
        ALL_WITNESSED.formatted(
            table.cold().sql(), String.join(" AND ", key), WitnessCheck.digest(archive, table));
    try (PreparedStatement query = archive.prepareStatement(sql)) {
      query.setLong(1, page);
      query.setString(2, table.toString());
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (state.startsWith("22") || state.startsWith("42")) {
        return false;
      }
      throw e;
    }
  }
}
