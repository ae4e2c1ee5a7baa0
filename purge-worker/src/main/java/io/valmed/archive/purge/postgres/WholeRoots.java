package io.valmed.archive.purge.postgres;

import io.valmed.archive.model.RootTable;
import io.valmed.archive.model.RowDigest;
import io.valmed.archive.model.Sql;
import io.valmed.archive.purge.PageRequest;
import io.valmed.archive.purge.TableHeldException;
import io.valmed.archive.purge.TableShape;
import io.valmed.archive.purge.WholeRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds, locks and reads the roots of a page as a whole: in three statements, each of which answers
 * with one row of arrays. Whatever is not as plain as that is left to {@link RootRows}.
 */
final class WholeRoots {
  private final Connection connection;
  private final RootTable root;
  private final TableShape shape;
  private final ColdRoots cold;
  private final int keySize;
  private final String table;

  WholeRoots(Connection connection, RootTable root, TableShape shape, ColdRoots cold) {
    this.connection = connection;
    this.root = root;
    this.shape = shape;
    this.cold = cold;
    this.keySize = shape.key().size();
    this.table = Sql.identifier(root.table().name());
  }

  /**
   * The roots.
   *
   * @param asked how many were asked for
   * @param end where they end
   */
  record Found(WholeRows rows, int asked, PageRequest.Cursor end) {
    /** Whether no more follow. */
    boolean last() {
      return rows.count() < asked;
    }
  }

  private record Locked(int count, String places, List<String> keys, PageRequest.Cursor end) {}

  /** Locks and reads them; null: there is none, or one of them is not to be had. */
  @Nullable Found lock(PageRequest.Next request) throws SQLException, TableHeldException {
    List<Locked> all = new ArrayList<>(1);
    cold.query(connection, locking(request), row -> readLocked(row, all));
    if (all.isEmpty() || !stillCold(all.get(0))) {
      return null;
    }
    Locked locked = all.get(0);
    @Nullable WholeRows rows = read(locked);
    return rows == null ? null : new Found(rows, request.roots(), locked.end());
  }

  private String locking(PageRequest.Next request) {
    String columns = KeySql.columns(table, shape.keyNames());
    PageRequest.@Nullable Cursor after = request.after();
    return """
        SELECT count(*)::int, count(arc_now)::int, array_agg(arc_now)::text, (array_agg(arc_age))[count(*)::int]::text, %1$s
        FROM (
          WITH arc_page AS MATERIALIZED (
            SELECT %2$s AS arc_age, %3$s.ctid AS arc_place, %4$s
            FROM ONLY %5$s
            WHERE %6$s %7$s
            ORDER BY %2$s, %8$s
            LIMIT %9$d)
          SELECT arc_page.arc_age, arc_root.arc_now, %10$s
          FROM arc_page LEFT JOIN LATERAL (
            SELECT %3$s.ctid AS arc_now FROM ONLY %5$s
            WHERE %3$s.ctid = arc_page.arc_place AND %6$s
            FOR UPDATE SKIP LOCKED) AS arc_root ON true
          ORDER BY arc_page.arc_age, %11$s) AS arc_locked
        """
        .formatted(
            KeySql.list(
                keySize, "array_agg(arc_t%1$d)::text, (array_agg(arc_t%1$d))[count(*)::int]"),
            cold.age(),
            table,
            KeySql.named(table, shape.keyNames()),
            root.table().sql(),
            cold.condition(),
            after == null ? "" : "AND " + cold.after(after, columns, shape.key()),
            columns,
            request.roots(),
            KeySql.list(keySize, "arc_page.arc_k%1$d::text AS arc_t%1$d"),
            KeySql.names("arc_page", keySize));
  }

  private void readLocked(ResultSet row, List<Locked> all) throws SQLException {
    int looked = row.getInt(1);
    if (looked == 0 || row.getInt(2) != looked) {
      return;
    }
    List<String> keys = new ArrayList<>();
    List<String> last = new ArrayList<>();
    for (int i = 0; i < keySize; i++) {
      keys.add(row.getString(5 + 2 * i));
      last.add(row.getString(6 + 2 * i));
    }
    all.add(
        new Locked(looked, row.getString(3), keys, new PageRequest.Cursor(row.getString(4), last)));
  }

  /**
   * Looks again, in a statement begun after the locks, whether all of them are settled and cold,
   * each at the place at which it was locked.
   */
  private boolean stillCold(Locked locked) throws SQLException, TableHeldException {
    int[] found = new int[1];
    cold.query(
        connection,
        """
        SELECT count(*)::int
        FROM %1$s AS arc_page (arc_place, %2$s)
        CROSS JOIN LATERAL (
          SELECT %3$s FROM ONLY %4$s
          WHERE %5$s.ctid = arc_page.arc_place AND %6$s
          OFFSET 0) AS arc_root (%7$s)
        WHERE %8$s
        """
            .formatted(
                KeySql.unnestPlaces(shape.key(), locked.places(), locked.keys()),
                KeySql.names(keySize),
                KeySql.columns(table, shape.keyNames()),
                root.table().sql(),
                table,
                cold.condition(),
                KeySql.list(keySize, "arc_c%d"),
                KeySql.list(keySize, "arc_root.arc_c%1$d = arc_page.arc_k%1$d")
                    .replace(", ", " AND ")),
        row -> found[0] = row.getInt(1));
    return found[0] == locked.count();
  }

  private @Nullable WholeRows read(Locked locked) throws SQLException {
    String sql =
        """
        SELECT count(*)::int, string_agg(%s, '')::text, array_agg(r.ctid)::text, %s
        FROM ONLY %s AS r WHERE r.ctid = ANY (?::tid[])
        """
            .formatted(
                RowDigest.expression("r", shape.columns()),
                KeySql.arrays("r", shape.keyNames()),
                root.table().sql());
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setObject(1, locked.places(), Types.OTHER);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getInt(1) == locked.count() ? KeySql.wholeRows(row, shape) : null;
      }
    }
  }
}
