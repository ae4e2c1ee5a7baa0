package io.valmed.archive.capture;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.awaitility.Awaitility;
import org.postgresql.PGConnection;

/**
 * What a stream has to tell, all of it: of tables in the policy, and of others that are published.
 */
final class StreamsLoad {
  /** Rows of the largest transaction. */
  static final int LARGE = 5_000;

  /** Publishes all of it. */
  static final String PUBLICATION = "arc_all";

  private StreamsLoad() {}

  /** Tables that are published and in no policy. */
  static void strangers(HotFixture hot) {
    hot.sql("CREATE TABLE keyed (id int PRIMARY KEY, big text, n numeric(10,2) DEFAULT 1.5)");
    hot.sql("CREATE TABLE one (id int PRIMARY KEY, a text)");
    hot.sql("CREATE TABLE two (id int PRIMARY KEY, b text)");
    hot.sql("CREATE TABLE \"odd \"\"name\"\".,\" (\"a \"\"b\" int PRIMARY KEY, \"c.d,\" text)");
    hot.sql("CREATE TABLE nothing ()");
    hot.sql("ALTER TABLE nothing REPLICA IDENTITY FULL");
    hot.sql("ALTER TABLE keyed ALTER COLUMN big SET STORAGE EXTERNAL");
    hot.sql("CREATE TABLE \"Mixed\" (\"Id\" bigint PRIMARY KEY, \"Text\" text)");
    String strangers = "keyed, one, two, \"odd \"\"name\"\".,\", \"Mixed\"";
    for (String publication : List.of("arc_direct", "arc_engine")) {
      hot.sql("ALTER PUBLICATION %s ADD TABLE %s".formatted(publication, strangers));
    }
    // A table without columns is in this one too.
    hot.sql(
        "CREATE PUBLICATION %s FOR TABLE arc.heartbeat, types, orders, users, nothing, %s WITH (publish_generated_columns = stored)"
            .formatted(PUBLICATION, strangers));
  }

  /** Changes of rows, and what is no row. */
  static void changes(HotFixture hot) throws SQLException, IOException {
    hot.sql(TypeSamples.inserts("types", 1));
    hot.sql("UPDATE types SET at = '2026-01-01' WHERE id % 2 = 0");
    hot.sql("UPDATE types SET id = id + 1000 WHERE id % 3 = 0");
    hot.sql("DELETE FROM types WHERE id % 5 = 0");

    hot.sql("INSERT INTO orders VALUES (1, 'infinity', repeat('x', 300000)), (2, NULL, NULL)");
    hot.sql("UPDATE orders SET at = now() WHERE id = 1; UPDATE orders SET note = 'n' WHERE id = 2");
    hot.sql("UPDATE orders SET id = 3 WHERE id = 2; DELETE FROM orders WHERE id = 3");
    hot.sql(
        "INSERT INTO orders VALUES (4, NULL, '__debezium_unavailable_value'), (5, NULL, 'not sent')");
    hot.sql(
        "BEGIN; INSERT INTO orders VALUES (6); SAVEPOINT s; INSERT INTO orders VALUES (7); ROLLBACK TO s; INSERT INTO orders VALUES (8); COMMIT");
    hot.sql(
        "INSERT INTO users VALUES (1, 'Ann', 'hush'); UPDATE users SET secret = 'still' WHERE id = 1");
    hot.sql(
        "INSERT INTO orders SELECT i, now(), 'large ' || i FROM generate_series(1000, %d) i"
            .formatted(1000 + LARGE));
    hot.sql("UPDATE orders SET note = note || '.' WHERE id % 7 = 0");
    copy(hot);
    interleaved(hot);

    hot.sql("INSERT INTO keyed VALUES (1, repeat('toast', 2000), 1), (2, 'small', NULL)");
    hot.sql(
        "UPDATE keyed SET n = 2 WHERE id = 1; UPDATE keyed SET id = 9 WHERE id = 2; DELETE FROM keyed WHERE id = 1");
    hot.sql("ALTER TABLE keyed REPLICA IDENTITY FULL");
    hot.sql(
        "INSERT INTO keyed VALUES (3, repeat('toast', 2000)); UPDATE keyed SET n = 3 WHERE id = 3; DELETE FROM keyed WHERE id = 3");
    hot.sql(
        "INSERT INTO \"odd \"\"name\"\".,\" VALUES (1, 'x'); INSERT INTO \"Mixed\" VALUES (1, 'y')");
    hot.sql("INSERT INTO nothing DEFAULT VALUES; DELETE FROM nothing");
    hot.sql(
        "INSERT INTO one VALUES (1, 'x'); TRUNCATE one, two, nothing; INSERT INTO two VALUES (1, 'y')");
    hot.sql(
        "SELECT pg_logical_emit_message(true, 'in', 'a transaction'); INSERT INTO one VALUES (5)");
    hot.sql("SELECT pg_logical_emit_message(false, 'in', 'none')");
    purge(hot);
  }

  private static void purge(HotFixture hot) {
    hot.sql("SELECT pg_replication_origin_create('arc_purge_agree')");
    hot.sql(
        """
        SELECT pg_replication_origin_session_setup('arc_purge_agree');
        DELETE FROM orders WHERE id = 1;
        SELECT pg_logical_emit_message(false, 'no transaction', 'no origin');
        """);
    hot.sql(
        "SELECT pg_logical_emit_message(false, 'behind', 'it'); INSERT INTO orders VALUES (20)");
    Awaitility.await()
        .ignoreExceptions()
        .untilAsserted(() -> hot.sql("SELECT pg_replication_origin_drop('arc_purge_agree')"));
  }

  private static void copy(HotFixture hot) throws SQLException, IOException {
    StringBuilder rows = new StringBuilder();
    for (int id = 100; id < 900; id++) {
      rows.append(id).append("\t\\N\tcopied\n");
    }
    try (Connection connection = hot.connect()) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY orders FROM STDIN", new StringReader(rows.toString()));
    }
  }

  private static void interleaved(HotFixture hot) throws SQLException {
    try (Connection one = hot.connect();
        Connection two = hot.connect();
        Statement first = one.createStatement();
        Statement second = two.createStatement()) {
      one.setAutoCommit(false);
      two.setAutoCommit(false);
      second.execute("INSERT INTO orders VALUES (21, NULL, 'two')");
      first.execute("INSERT INTO orders VALUES (11, NULL, 'one')");
      hot.sql("INSERT INTO orders VALUES (31, NULL, 'three')");
      first.execute("INSERT INTO users VALUES (12, NULL, 'one')");
      one.commit();
      second.execute("DELETE FROM orders WHERE id = 11");
      two.commit();
    }
  }

  /** Alterations of tables, between changes and within their transactions. */
  static void alterations(HotFixture hot, Runnable pass) {
    hot.sql(
        "ALTER TABLE one ADD COLUMN c numeric DEFAULT 7; INSERT INTO one VALUES (2, 'x', 1.50)");
    hot.sql(
        "INSERT INTO one VALUES (3, 'x', 1); ALTER TABLE one DROP COLUMN a; INSERT INTO one VALUES (4, 2); ALTER TABLE one RENAME COLUMN c TO d; INSERT INTO one VALUES (6, 3)");
    hot.sql("ALTER TABLE one ALTER COLUMN d TYPE text; INSERT INTO one VALUES (7, 'seven')");
    hot.sql(
        "INSERT INTO two VALUES (2, 'y'); ALTER TABLE one RENAME TO three; ALTER TABLE two RENAME TO one; ALTER TABLE three RENAME TO two; INSERT INTO one VALUES (8, 'y'); INSERT INTO two VALUES (8, 'x')");
    hot.sql("ALTER TABLE nothing ADD COLUMN now int; INSERT INTO nothing VALUES (1)");
    for (int i = 0; i < 5; i++) {
      // Announced again, and once again without a row between.
      hot.sql(
          "ALTER TABLE two ADD COLUMN x%d int; INSERT INTO two(id) VALUES (%d)"
              .formatted(i, 20 + i));
      hot.sql(
          "ALTER TABLE two DROP COLUMN x%d; INSERT INTO one(id) VALUES (%d)".formatted(i, 20 + i));
    }
    pass.run();
    hot.sql("ALTER TABLE orders ADD COLUMN added int DEFAULT 5");
    hot.sql("INSERT INTO orders VALUES (40, NULL, 'with it', 6); INSERT INTO orders VALUES (41)");
    pass.run();
  }
}
