package io.valmed.archive.databases.cold;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.RootTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Rows of child tables that refer to no parent: they belong to no aggregate. */
public final class Orphans {
  private Orphans() {}

  /** How many there are in the root's child tables, of all levels; tables without any left out. */
  public static Map<TableId, Long> of(Connection hot, RootTable root) throws SQLException {
    Map<TableId, Long> counts = new LinkedHashMap<>();
    count(hot, root.children(), counts);
    return counts;
  }

  private static void count(Connection hot, List<ChildTable> children, Map<TableId, Long> counts)
      throws SQLException {
    for (ChildTable child : children) {
      String alone =
          child.foreignKey().stream()
              .map(column -> Sql.identifier(column) + " IS NULL")
              .collect(Collectors.joining(" OR "));
      try (Statement query = hot.createStatement();
          ResultSet row =
              query.executeQuery(
                  "SELECT count(*) FROM ONLY %s WHERE %s".formatted(child.table().sql(), alone))) {
        row.next();
        if (row.getLong(1) > 0) {
          counts.put(child.table(), row.getLong(1));
        }
      }
      count(hot, child.children(), counts);
    }
  }
}
