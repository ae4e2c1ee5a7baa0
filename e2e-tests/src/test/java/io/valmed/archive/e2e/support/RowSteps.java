package io.valmed.archive.e2e.support;

import io.valmed.archive.e2e.support.Ledger.Entry;
import io.valmed.archive.e2e.support.Ledger.RowKey;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Operation;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What a session does to one row at a time, and how that stands in its draft. */
final class RowSteps {
  private final World world;
  private final Random random;
  private final Sentences sql;
  private final Draft draft;

  RowSteps(World world, Random random, Sentences sql, Draft draft) {
    this.world = world;
    this.random = random;
    this.sql = sql;
    this.draft = draft;
  }

  void any() throws SQLException {
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
      List<String> picked = draft.pick(table.parent(), random);
      if (picked == null) {
        return;
      }
      parent = picked;
      // It may have been purged meanwhile; the insert would then fail, and all before it.
      WorldTable parents = world.table(table.parent());
      String lock = "SELECT FROM " + parents.id().sql() + " WHERE " + parents.byKey();
      if (sql.run(lock + " FOR KEY SHARE", parent).isEmpty()) {
        draft.forget(parents, parent);
        return;
      }
    }
    for (List<@Nullable String> image : sql.run(table.insert() + table.returning(), parent)) {
      created(table, image);
    }
  }

  private void created(WorldTable table, List<@Nullable String> image) {
    List<String> key = table.keyOf(image);
    draft.made(table, key);
    draft.add(new Entry(new RowKey(table.id(), key), Operation.CREATE, null, image));
  }

  private void update(WorldTable table) throws SQLException {
    List<String> key = draft.pick(table.id(), random);
    if (key == null) {
      return;
    }
    String set = table.updates().get(random.nextInt(table.updates().size()));
    List<List<@Nullable String>> rows = sql.run(updating(table, set), key);
    for (List<@Nullable String> image : rows) {
      draft.add(new Entry(new RowKey(table.id(), key), Operation.UPDATE, null, image));
    }
    if (rows.isEmpty()) {
      draft.forget(table, key);
    }
  }

  private static String updating(WorldTable table, String set) {
    return "UPDATE "
        + table.id().sql()
        + " SET "
        + set
        + " WHERE "
        + table.byKey()
        + table.returning();
  }

  private @Nullable List<@Nullable String> delete(WorldTable table) throws SQLException {
    List<String> key = draft.pick(table.id(), random);
    if (key == null) {
      return null;
    }
    String statement =
        "DELETE FROM "
            + table.id().sql()
            + " WHERE "
            + table.byKey()
            + " AND "
            + table.childless()
            + table.returning();
    List<@Nullable String> last = null;
    for (List<@Nullable String> image : sql.run(statement, key)) {
      last = image;
      draft.forget(table, key);
      draft.add(
          new Entry(new RowKey(table.id(), key), Operation.DELETE, DepartureCause.DELETED, image));
    }
    return last;
  }

  private void rekey(WorldTable table) throws SQLException {
    List<String> key = draft.pick(table.id(), random);
    if (key == null || table.rekey() == null) {
      return;
    }
    String lock =
        "SELECT "
            + WorldTable.texts(table.columns())
            + " FROM "
            + table.id().sql()
            + " WHERE "
            + table.byKey()
            + " AND "
            + table.childless()
            + " FOR UPDATE";
    List<List<@Nullable String>> before = sql.run(lock, key);
    if (before.isEmpty()) {
      return;
    }
    List<@Nullable String> after = sql.run(updating(table, table.rekey()), key).get(0);
    draft.forget(table, key);
    draft.add(
        new Entry(
            new RowKey(table.id(), key), Operation.DELETE, DepartureCause.REKEYED, before.get(0)));
    created(table, after);
  }

  private void deleteAndInsertAgain(WorldTable table) throws SQLException {
    // Nobody adds a column between the look at the columns and the row's way back.
    sql.run("LOCK TABLE " + table.id().sql() + " IN ROW EXCLUSIVE MODE", List.of());
    if (table.columns().size() != physicalColumns(table)) {
      return;
    }
    List<@Nullable String> last = delete(table);
    if (last == null) {
      return;
    }
    String types =
        """
        SELECT string_agg('?::' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
        FROM pg_attribute WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped
        """;
    String values = String.valueOf(sql.run(types, List.of(table.id().sql())).get(0).get(0));
    String statement = "INSERT INTO " + table.id().sql() + " SELECT " + values + table.returning();
    for (List<@Nullable String> image : sql.run(statement, last)) {
      created(table, image);
    }
  }

  private int physicalColumns(WorldTable table) throws SQLException {
    String count =
        """
        SELECT count(*) FROM pg_attribute
        WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped
        """;
    return Integer.parseInt(
        String.valueOf(sql.run(count, List.of(table.id().sql())).get(0).get(0)));
  }
}
