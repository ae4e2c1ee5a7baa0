package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Ledger.RowKey;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.RowDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Writes to hot, one transaction after the other, and keeps the ledger. */
final class Application {
  /** A row that others refer to, also by ON DELETE RESTRICT. */
  private static final Set<String> REFERRED_TO = Set.of("23503", "23001");

  private static final String OLD = "now() - interval '200 days'";

  private final StampedWorld world;
  private final Installation installation;
  private final Lives lives;
  private final Random random;

  Application(StampedWorld world, Installation installation, Lives lives, Random random) {
    this.world = world;
    this.installation = installation;
    this.lives = lives;
    this.random = random;
  }

  /** Commits that many transactions. */
  void write(int transactions) throws SQLException {
    try (Connection connection = installation.hotAsOwner()) {
      settings(connection);
      connection.setAutoCommit(false);
      for (int i = 0; i < transactions; i++) {
        transaction(connection);
      }
    }
    observe();
  }

  /** Looks at all of hot. */
  List<Image> observe() throws SQLException {
    try (Connection connection = installation.hotAsOwner()) {
      settings(connection);
      List<Image> hot = all(connection);
      lives.observe(hot);
      return hot;
    }
  }

  /**
   * Commits DDL, and looks at all of hot before anybody else sees what it did: services may run.
   */
  void alter(String sql) throws SQLException {
    try (Connection connection = installation.hotAsOwner();
        Statement statement = connection.createStatement()) {
      settings(connection);
      connection.setAutoCommit(false);
      statement.execute(sql);
      List<Image> hot = all(connection);
      connection.commit();
      lives.observe(hot);
    }
  }

  private List<Image> all(Connection connection) throws SQLException {
    List<Image> hot = new ArrayList<>();
    for (TableId table : world.ids()) {
      hot.addAll(Image.read(connection, table, "SELECT * FROM " + table.sql()));
    }
    return hot;
  }

  static void settings(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(RowDigest.SESSION_SETTINGS);
      statement.execute("SET search_path = public");
    }
  }

  private void transaction(Connection connection) throws SQLException {
    List<Runnable> then = new ArrayList<>();
    try {
      int steps = 1 + random.nextInt(4);
      for (int i = 0; i < steps; i++) {
        step(connection, then);
      }
      beside(connection);
      connection.commit();
      then.forEach(Runnable::run);
    } catch (SQLException e) {
      connection.rollback();
      if (!REFERRED_TO.contains(String.valueOf(e.getSQLState()))) {
        throw e;
      }
    }
  }

  private void beside(Connection connection) throws SQLException {
    if (!world.beside().isEmpty()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(world.beside());
      }
    }
  }

  private void step(Connection connection, List<Runnable> then) throws SQLException {
    long stamp = lives.nextStamp();
    if (!world.writes().isEmpty() && random.nextInt(3) == 0) {
      further(connection, then, stamp);
      return;
    }
    switch (random.nextInt(8)) {
      case 0, 1 -> order(connection, then, stamp);
      case 2, 3 ->
          wrote(
              connection,
              then,
              OperatorWorld.MOVES,
              "INSERT INTO moves (stamp, at) VALUES (%d, %s)"
                  .formatted(stamp, random.nextInt(3) == 0 ? OLD : "now()"));
      case 4 ->
          wrote(
              connection,
              then,
              OperatorWorld.THINGS,
              "INSERT INTO things (stamp) VALUES (" + stamp + ")");
      case 5, 6 -> update(connection, then, stamp);
      default -> delete(connection, then);
    }
  }

  private void further(Connection connection, List<Runnable> then, long stamp) throws SQLException {
    StampedWorld.Write write = world.writes().get(random.nextInt(world.writes().size()));
    String sql = write.sql().formatted(stamp, random.nextInt(3) == 0 ? OLD : "now()");
    wrote(connection, then, write.table(), sql);
  }

  private void order(Connection connection, List<Runnable> then, long stamp) throws SQLException {
    String values = random.nextInt(3) == 0 ? OLD + ", 'done'" : "now(), 'open'";
    List<Image> made =
        wrote(
            connection,
            then,
            OperatorWorld.ORDERS,
            "INSERT INTO orders (stamp, at, phase) VALUES (" + stamp + ", " + values + ")");
    wrote(
        connection,
        then,
        OperatorWorld.ITEMS,
        "INSERT INTO items (stamp, order_id) VALUES (%d, %s)"
            .formatted(lives.nextStamp(), made.get(0).row().key().get(0)));
  }

  private void update(Connection connection, List<Runnable> then, long stamp) throws SQLException {
    RowKey row = any();
    if (row != null) {
      String set = "UPDATE %s SET stamp = %d WHERE id = '%s'";
      wrote(
          connection, then, row.table(), set.formatted(row.table().sql(), stamp, row.key().get(0)));
    }
  }

  private void delete(Connection connection, List<Runnable> then) throws SQLException {
    RowKey row = any();
    if (row != null && !row.table().equals(OperatorWorld.ORDERS)) {
      String sql =
          "DELETE FROM %s WHERE id = '%s' RETURNING *"
              .formatted(row.table().sql(), row.key().get(0));
      for (Image last : Image.read(connection, row.table(), sql)) {
        then.add(() -> lives.left(last));
      }
    }
  }

  private @org.jspecify.annotations.Nullable RowKey any() {
    List<RowKey> rows = lives.liveRows();
    return rows.isEmpty() ? null : rows.get(random.nextInt(rows.size()));
  }

  private List<Image> wrote(Connection connection, List<Runnable> then, TableId table, String sql)
      throws SQLException {
    List<Image> images = Image.read(connection, table, sql + " RETURNING *");
    images.forEach(image -> then.add(() -> lives.wrote(image)));
    return images;
  }
}
