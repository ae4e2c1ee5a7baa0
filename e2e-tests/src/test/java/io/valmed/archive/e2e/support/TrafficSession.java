package io.valmed.archive.e2e.support;

import io.valmed.archive.e2e.support.Ledger.Entry;
import io.valmed.archive.e2e.support.Ledger.RowKey;
import io.valmed.archive.model.DepartureCause;
import io.valmed.archive.model.Operation;
import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One application session. It writes only rows that it made itself, so that the order of its own
 * commits is each row's order.
 */
final class TrafficSession {
  private final World world;
  private final Connection connection;
  private final Random random;
  private final Ledger ledger;
  private final Map<TableId, List<List<String>>> mine = new HashMap<>();
  private List<Entry> pending = new ArrayList<>();

  TrafficSession(World world, Connection connection, Random random, Ledger ledger) {
    this.world = world;
    this.connection = connection;
    this.random = random;
    this.ledger = ledger;
  }

  /** One transaction of a few steps; about one in eight is rolled back. */
  void transaction(int steps) throws SQLException {
    connection.setAutoCommit(false);
    pending = new ArrayList<>();
    Map<TableId, List<List<String>>> before = copyOfMine();
    try {
      for (int i = 0; i < steps; i++) {
        stepInSavepoint();
      }
      if (random.nextInt(8) == 0) {
        connection.rollback();
        restore(before);
      } else {
        connection.commit();
        ledger.committed(pending);
      }
    } catch (SQLException e) {
      connection.rollback();
      restore(before);
      if (!"23503".equals(e.getSQLState()) && !"40P01".equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  private void stepInSavepoint() throws SQLException {
    if (random.nextInt(10) != 0) {
      step();
      return;
    }
    List<Entry> keptEntries = List.copyOf(pending);
    Map<TableId, List<List<String>>> keptRows = copyOfMine();
    Savepoint savepoint = connection.setSavepoint();
    step();
    if (random.nextBoolean()) {
      connection.rollback(savepoint);
      pending = new ArrayList<>(keptEntries);
      restore(keptRows);
    }
    connection.releaseSavepoint(savepoint);
  }

  private void step() throws SQLException {
    List<WorldTable> tables = world.tables();
    WorldTable table = tables.get(random.nextInt(tables.size()));
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> insert(table);
      case 4, 5, 6 -> update(table);
      case 7 -> delete(table);
      case 8 -> rekey(table);
      default -> deleteAndInsertAgain(table);
    }
  }

  private void insert(WorldTable table) throws SQLException {
    List<String> parent = List.of();
    if (table.parent() != null) {
      List<List<String>> parents = mine.getOrDefault(table.parent(), List.of());
      if (parents.isEmpty()) {
        return;
      }
      parent = parents.get(random.nextInt(parents.size()));
    }
    List<List<@Nullable String>> rows = run(table.insert() + table.returning(), parent);
    for (List<@Nullable String> image : rows) {
      List<String> key = table.keyOf(image);
      rowsOf(table).add(key);
      pending.add(new Entry(new RowKey(table.id(), key), Operation.CREATE, null, image));
    }
  }

  private void update(WorldTable table) throws SQLException {
    List<String> key = pick(table);
    if (key != null) {
      String set = table.updates().get(random.nextInt(table.updates().size()));
      String sql =
          "UPDATE "
              + table.id().sql()
              + " SET "
              + set
              + " WHERE "
              + table.byKey()
              + table.returning();
      for (List<@Nullable String> image : run(sql, key)) {
        pending.add(new Entry(new RowKey(table.id(), key), Operation.UPDATE, null, image));
      }
    }
  }

  private @Nullable List<@Nullable String> delete(WorldTable table) throws SQLException {
    List<String> key = pick(table);
    if (key == null) {
      return null;
    }
    String sql =
        "DELETE FROM "
            + table.id().sql()
            + " WHERE "
            + table.byKey()
            + " AND "
            + table.childless()
            + table.returning();
    List<@Nullable String> last = null;
    for (List<@Nullable String> image : run(sql, key)) {
      last = image;
      rowsOf(table).remove(key);
      pending.add(
          new Entry(new RowKey(table.id(), key), Operation.DELETE, DepartureCause.DELETED, image));
    }
    return last;
  }

  private void rekey(WorldTable table) throws SQLException {
    List<String> key = pick(table);
    if (key == null || table.rekey() == null) {
      return;
    }
    List<List<@Nullable String>> before =
        run(
            "SELECT "
                + WorldTable.texts(table.columns())
                + " FROM "
                + table.id().sql()
                + " WHERE "
                + table.byKey()
                + " AND "
                + table.childless()
                + " FOR UPDATE",
            key);
    if (before.isEmpty()) {
      return;
    }
    String sql =
        "UPDATE "
            + table.id().sql()
            + " SET "
            + table.rekey()
            + " WHERE "
            + table.byKey()
            + table.returning();
    List<@Nullable String> after = run(sql, key).get(0);
    List<String> newKey = table.keyOf(after);
    rowsOf(table).remove(key);
    rowsOf(table).add(newKey);
    pending.add(
        new Entry(
            new RowKey(table.id(), key), Operation.DELETE, DepartureCause.REKEYED, before.get(0)));
    pending.add(new Entry(new RowKey(table.id(), newKey), Operation.CREATE, null, after));
  }

  private void deleteAndInsertAgain(WorldTable table) throws SQLException {
    List<@Nullable String> last = delete(table);
    if (last == null || table.columns().size() != physicalColumns(table)) {
      return;
    }
    StringBuilder sql = new StringBuilder("INSERT INTO " + table.id().sql() + " SELECT ");
    String types =
        "SELECT string_agg('?::' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute"
            + " WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped";
    sql.append(run(types, List.of(table.id().sql())).get(0).get(0)).append(table.returning());
    for (List<@Nullable String> image : run(sql.toString(), last)) {
      List<String> key = table.keyOf(image);
      rowsOf(table).add(key);
      pending.add(new Entry(new RowKey(table.id(), key), Operation.CREATE, null, image));
    }
  }

  private int physicalColumns(WorldTable table) throws SQLException {
    String sql =
        "SELECT count(*)::text FROM pg_attribute WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped";
    return Integer.parseInt(String.valueOf(run(sql, List.of(table.id().sql())).get(0).get(0)));
  }

  private List<List<@Nullable String>> run(String sql, List<? extends @Nullable String> parameters)
      throws SQLException {
    List<List<@Nullable String>> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.size(); i++) {
        statement.setString(i + 1, parameters.get(i));
      }
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          List<@Nullable String> row = new ArrayList<>();
          for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            row.add(result.getString(i));
          }
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private @Nullable List<String> pick(WorldTable table) {
    List<List<String>> rows = rowsOf(table);
    return rows.isEmpty() ? null : rows.get(random.nextInt(rows.size()));
  }

  private List<List<String>> rowsOf(WorldTable table) {
    return mine.computeIfAbsent(table.id(), id -> new ArrayList<>());
  }

  private Map<TableId, List<List<String>>> copyOfMine() {
    Map<TableId, List<List<String>>> copy = new HashMap<>();
    mine.forEach((table, rows) -> copy.put(table, new ArrayList<>(rows)));
    return copy;
  }

  private void restore(Map<TableId, List<List<String>>> rows) {
    mine.clear();
    mine.putAll(rows);
  }
}
