package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.cold.ColdCursor;
import io.valmed.archive.databases.cold.ColdRoots;
import io.valmed.archive.databases.cold.PlainPlans;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.keys.KeySql;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.page.PageRequest;
import io.valmed.archive.purge.page.WholeRows;
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
  private final PlainPlans plans;
  private final int keySize;
  private final String table;

  /**
   * @param plans the session's
   */
  WholeRoots(
      Connection connection, RootTable root, TableShape shape, ColdRoots cold, PlainPlans plans) {
    this.plans = plans;
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
  record Found(WholeRows rows, int asked, ColdCursor end) {
    /** Whether no more follow. */
    boolean last() {
      return rows.count() < asked;
    }
  }

  private record Locked(int count, String places, ColdCursor end) {}

  /**
   * Locks and reads them.
   *
   * @return null: there is none, or one of them has changed meanwhile
   * @throws SQLException 55P03, when another session holds one of them
   */
  @Nullable Found lock(PageRequest.Next request) throws SQLException, TableHeldException {
    List<Locked> all = new ArrayList<>(1);
    List<PlainPlans.Parameter> parameters = new ArrayList<>();
    @Nullable ColdCursor after = request.after();
    if (after != null) {
      parameters.addAll(cold.parameters(after, shape.key()));
    }
    parameters.add(new PlainPlans.Parameter("bigint", Integer.toString(request.roots())));
    String sql = locking(after != null, parameters.size());
    cold.query(connection, plans, sql, parameters, row -> readLocked(row, all));
    if (all.isEmpty() || !stillCold(all.get(0).places(), all.get(0).count())) {
      return null;
    }
    Locked locked = all.get(0);
    @Nullable WholeRows rows = read(locked);
    return rows == null ? null : new Found(rows, request.roots(), locked.end());
  }

  /**
   * @param limit the place of the parameter that says how many
   */
  private String locking(boolean after, int limit) {
    String columns = KeySql.columns(table, shape.keyNames());
    return """
        SELECT count(*)::int, array_agg(arc_place)::text, (array_agg(arc_age))[count(*)::int]::text, %1$s
        FROM (
          SELECT %2$s AS arc_age, %3$s.ctid AS arc_place, %4$s
          FROM ONLY %5$s
          WHERE %6$s %7$s
          ORDER BY %2$s, %8$s
          LIMIT $%9$d
          FOR UPDATE NOWAIT) AS arc_locked
        """
        .formatted(
            KeySql.list(keySize, "(array_agg(arc_k%1$d))[count(*)::int]::text"),
            cold.age(),
            table,
            KeySql.named(table, shape.keyNames()),
            root.table().sql(),
            cold.condition(),
            after ? "AND " + cold.afterParameters(columns, keySize) : "",
            columns,
            limit);
  }

  private void readLocked(ResultSet row, List<Locked> all) throws SQLException {
    int count = row.getInt(1);
    if (count > 0) {
      ColdCursor end = new ColdCursor(row.getString(3), KeySql.read(row, 4, keySize));
      all.add(new Locked(count, row.getString(2), end));
    }
  }

  /**
   * Looks again, in a statement begun after the locks, whether all of them are settled and cold, as
   * the policy's words are understood now. A locked row stays at its place: what is found there is
   * what was locked.
   */
  private boolean stillCold(String places, int count) throws SQLException, TableHeldException {
    int[] found = new int[1];
    cold.query(
        connection,
        "SELECT count(*)::int FROM ONLY %s WHERE %s.ctid = ANY (%s::tid[]) AND %s"
            .formatted(root.table().sql(), table, Sql.literal(places), cold.conditionOfFew()),
        row -> found[0] = row.getInt(1));
    return found[0] == count;
  }

  /**
   * Looks again, now that their children are locked too: whether one of them has become young,
   * where that counts.
   */
  boolean youngChildren(WholeRows roots) throws SQLException, TableHeldException {
    return cold.asksChildren() && !stillCold(roots.places(), roots.count());
  }

  private @Nullable WholeRows read(Locked locked) throws SQLException {
    String sql =
        """
        SELECT count(*)::int, string_agg(%s, '')::text, array_agg(r.ctid)::text, %s
        FROM ONLY %s AS r WHERE r.ctid = ANY (?::tid[])
        """
            .formatted(
                RowDigest.expression("r", shape.columns()),
                KeySql.arrays("r", shape.key()),
                root.table().sql());
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setObject(1, locked.places(), Types.OTHER);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getInt(1) == locked.count() ? wholeRows(row, shape) : null;
      }
    }
  }

  /** A row of count, digests, places and keys. */
  static WholeRows wholeRows(ResultSet row, TableShape shape) throws SQLException {
    return new WholeRows(
        shape,
        row.getInt(1),
        KeySql.read(row, 4, shape.key().size()),
        row.getString(2),
        row.getString(3));
  }
}
