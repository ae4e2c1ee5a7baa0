package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.cold.ColdCursor;
import io.valmed.archive.databases.cold.ColdRoots;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.keys.KeySql;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.purge.page.LockedPage;
import io.valmed.archive.purge.page.LockedRow;
import io.valmed.archive.purge.page.PageRequest;
import io.valmed.archive.purge.page.PageRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds, locks and reads the roots of a page. */
final class RootRows {
  private final Connection connection;
  private final RootTable root;
  private final TableShape shape;
  private final ColdRoots cold;
  private final int keySize;
  private final String matches;

  RootRows(Connection connection, RootTable root, TableShape shape, ColdRoots cold) {
    this.connection = connection;
    this.root = root;
    this.shape = shape;
    this.cold = cold;
    this.keySize = shape.key().size();
    this.matches =
        KeySql.matches(Sql.identifier(root.table().name()), shape.keyNames(), "arc_page");
  }

  /**
   * Roots that were looked at.
   *
   * @param page those that are not to be had are kept as locked
   * @param ages their ages; empty for {@link PageRequest.These}
   */
  record Found(LockedPage page, List<String> ages) {}

  /** Locks what is asked for, without waiting. */
  Found lock(PageRequest request) throws SQLException, TableHeldException {
    List<List<String>> keys = new ArrayList<>();
    List<String> ages = new ArrayList<>();
    List<Integer> missed = new ArrayList<>();
    cold.query(
        connection,
        request instanceof PageRequest.These these
            ? these(these)
            : next((PageRequest.Next) request),
        row -> {
          if (!row.getBoolean(1)) {
            missed.add(keys.size());
          }
          if (request instanceof PageRequest.Next) {
            ages.add(row.getString(2));
          }
          keys.add(KeySql.read(row, 3, keySize));
        });
    LockedPage page = new LockedPage(keys);
    missed.forEach(at -> page.keep(at, Kept.LOCKED));
    return new Found(page, ages);
  }

  private String next(PageRequest.Next request) {
    String keys = KeySql.columns(Sql.identifier(root.table().name()), shape.keyNames());
    @Nullable ColdCursor after = request.after();
    return """
        WITH arc_page AS MATERIALIZED (
          SELECT %1$s AS arc_age, %2$s
          FROM ONLY %3$s
          WHERE %4$s %5$s
          ORDER BY %1$s, %6$s
          LIMIT %7$d)
        SELECT arc_root.found IS NOT NULL, arc_page.arc_age::text, %8$s
        FROM arc_page LEFT JOIN LATERAL (
          SELECT true AS found FROM ONLY %3$s
          WHERE %9$s AND %4$s
          FOR UPDATE SKIP LOCKED) AS arc_root ON true
        ORDER BY arc_page.arc_age, %10$s
        """
        .formatted(
            cold.age(),
            KeySql.named(Sql.identifier(root.table().name()), shape.keyNames()),
            root.table().sql(),
            cold.condition(),
            after == null ? "" : "AND " + cold.after(after, keys, shape.key()),
            keys,
            request.roots(),
            KeySql.texts("arc_page", keySize),
            matches,
            KeySql.names("arc_page", keySize));
  }

  private String these(PageRequest.These request) {
    return """
        SELECT arc_root.found IS NOT NULL, NULL, %s
        FROM %s WITH ORDINALITY AS arc_page (%s, arc_ord) LEFT JOIN LATERAL (
          SELECT true AS found FROM ONLY %s
          WHERE %s AND %s
          FOR UPDATE SKIP LOCKED) AS arc_root ON true
        ORDER BY arc_page.arc_ord
        """
        .formatted(
            KeySql.texts("arc_page", keySize),
            KeySql.unnest(shape.key(), request.keys()),
            KeySql.names(keySize),
            root.table().sql(),
            matches,
            cold.condition());
  }

  /** Adds the roots that are still settled and cold to the page. */
  void read(LockedPage page) throws SQLException, TableHeldException {
    digest(page, stillCold(page));
  }

  /**
   * Looks again, in a statement begun after the locks, whether the roots are settled and cold, and
   * keeps those that are not.
   *
   * @return the places of those that are
   */
  private List<String> stillCold(LockedPage page) throws SQLException, TableHeldException {
    int[] open = page.openPlaces();
    @Nullable String[] ctids = new @Nullable String[open.length];
    String sql =
        """
        SELECT arc_page.arc_ord::int, arc_root.place
        FROM %s WITH ORDINALITY AS arc_page (%s, arc_ord)
        CROSS JOIN LATERAL (SELECT ctid AS place FROM ONLY %s WHERE %s AND %s) AS arc_root
        """
            .formatted(
                KeySql.unnest(shape.key(), page.openRoots()),
                KeySql.names(keySize),
                root.table().sql(),
                matches,
                cold.condition());
    cold.query(connection, sql, row -> ctids[row.getInt(1) - 1] = row.getString(2));
    List<String> places = new ArrayList<>(open.length);
    for (int i = 0; i < open.length; i++) {
      if (ctids[i] == null) {
        page.keep(open[i], Kept.LOCKED);
      } else {
        places.add(ctids[i]);
      }
    }
    return places;
  }

  /**
   * Looks again, now that their children are locked too, and keeps those of which one has become
   * young, where that counts.
   */
  void keepYoungChildren(LockedPage page) throws SQLException, TableHeldException {
    if (cold.asksChildren()) {
      stillCold(page);
    }
  }

  private void digest(LockedPage page, List<String> ctids) throws SQLException {
    String sql =
        """
        SELECT k.arc_ord::int, %s
        FROM %s WITH ORDINALITY AS k (arc_place, %s, arc_ord)
        JOIN ONLY %s AS r ON r.ctid = k.arc_place AND %s
        """
            .formatted(
                RowDigest.expression("r", shape.columns()),
                KeySql.unnestPlaces(shape.key()),
                KeySql.names(keySize),
                root.table().sql(),
                KeySql.matches("r", shape.keyNames(), "k"));
    int[] open = page.openPlaces();
    List<List<String>> keys = page.openRoots();
    @Nullable LockedRow[] rows = new @Nullable LockedRow[open.length];
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      KeySql.bindPlaces(query, ctids, keys, keySize);
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          int at = result.getInt(1) - 1;
          rows[at] = new LockedRow(open[at], keys.get(at), result.getBytes(2), ctids.get(at));
        }
      }
    }
    List<LockedRow> all = new ArrayList<>(rows.length);
    for (@Nullable LockedRow row : rows) {
      all.add(Objects.requireNonNull(row, "a locked root of " + root.table() + " is gone"));
    }
    page.add(new PageRows(shape, all));
  }
}
