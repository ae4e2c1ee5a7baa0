package io.valmed.archive.e2e.support;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One application session. It writes only rows that it made itself, so that the order of its own
 * commits is each row's order.
 *
 * <p>Every transaction counts up the session's mark, a row of a table that is not archived. A
 * COMMIT whose answer is lost counts for the ledger when the mark says so. Transaction ids would
 * not do: after a crash PostgreSQL may give those anew of which nothing had reached its WAL.
 */
final class TrafficSession {
  static final String MARKS =
      "CREATE TABLE IF NOT EXISTS traffic_mark (session text PRIMARY KEY, transactions bigint NOT NULL)";

  private static final String FIRST_MARK =
      "INSERT INTO traffic_mark VALUES (?, 0) ON CONFLICT DO NOTHING";
  private static final String COUNT_UP =
      "UPDATE traffic_mark SET transactions = ?::bigint WHERE session = ?";
  // FOR UPDATE: a backend that has not noticed the loss may still be committing.
  private static final String READ_MARK =
      "SELECT transactions FROM traffic_mark WHERE session = ? FOR UPDATE";

  /** A row that others refer to was to be deleted; two sessions waited for each other. */
  private static final Set<String> PASSING = Set.of("23503", "40P01");

  private final World world;
  private final Random random;
  private final Ledger ledger;
  private final String id = UUID.randomUUID().toString();
  private Draft committed = new Draft();
  private @Nullable Draft unanswered;
  private long transactions;
  private Sentences sql;

  TrafficSession(World world, Connection connection, Random random, Ledger ledger)
      throws SQLException {
    this.world = world;
    this.random = random;
    this.ledger = ledger;
    this.sql = new Sentences(connection);
    sql.run(FIRST_MARK, List.of(id));
  }

  /** Goes on over a new connection, and finds out what became of an unanswered COMMIT. */
  void goOn(Connection connection) throws SQLException {
    sql = new Sentences(connection);
    Draft asked = unanswered;
    if (asked != null) {
      String mark = String.valueOf(sql.run(READ_MARK, List.of(id)).get(0).get(0));
      if (Long.parseLong(mark) == transactions + 1) {
        accept(asked);
      }
      unanswered = null;
    }
  }

  /**
   * One transaction of a few steps; about one in eight is rolled back.
   *
   * @param pauseMillis how long it stays open, while other sessions commit
   */
  void transaction(int steps, long pauseMillis) throws SQLException, InterruptedException {
    transaction(
        draft -> {
          RowSteps rows = new RowSteps(world, random, sql, draft);
          for (int i = 0; i < steps; i++) {
            inSavepoint(draft, rows);
            if (i == 0) {
              Thread.sleep(pauseMillis);
            }
          }
        });
  }

  /** Thousands of rows at once: made, or those made before aged or deleted. */
  void bulk() throws SQLException, InterruptedException {
    transaction(
        draft -> {
          BulkSteps steps = new BulkSteps(world, sql, draft);
          if (draft.bulk().isEmpty()) {
            draft.bulk(steps.insert());
          } else {
            if (random.nextInt(3) > 0) {
              steps.age(draft.bulk());
            } else {
              steps.delete(draft.bulk());
            }
            draft.bulk(List.of());
          }
        });
  }

  /** Rows by COPY, sometimes into a savepoint that is rolled back. */
  void copy() throws SQLException, InterruptedException {
    transaction(
        draft -> {
          RowSteps rows = new RowSteps(world, random, sql, draft);
          rows.any();
          new BulkSteps(world, sql, draft).copy(1 + random.nextInt(200));
          inSavepoint(draft, rows);
        });
  }

  /** What a transaction does. */
  @FunctionalInterface
  private interface Steps {
    void take(Draft draft) throws SQLException, InterruptedException;
  }

  private void transaction(Steps steps) throws SQLException, InterruptedException {
    Draft draft = committed.next();
    Connection connection = sql.connection();
    connection.setAutoCommit(false);
    try {
      steps.take(draft);
      if (random.nextInt(8) == 0) {
        connection.rollback();
        return;
      }
      sql.run(COUNT_UP, List.of(Long.toString(transactions + 1), id));
    } catch (SQLException e) {
      if (!PASSING.contains(String.valueOf(e.getSQLState()))) {
        throw e;
      }
      connection.rollback();
      return;
    }
    unanswered = draft;
    connection.commit();
    accept(draft);
    unanswered = null;
  }

  private void accept(Draft draft) {
    ledger.committed(draft.entries());
    committed = draft;
    transactions++;
  }

  private void inSavepoint(Draft draft, RowSteps rows) throws SQLException {
    if (random.nextInt(10) != 0) {
      rows.any();
      return;
    }
    Draft kept = draft.copy();
    Connection connection = sql.connection();
    Savepoint savepoint = connection.setSavepoint();
    rows.any();
    if (random.nextBoolean()) {
      connection.rollback(savepoint);
      draft.become(kept);
    }
    connection.releaseSavepoint(savepoint);
  }
}
