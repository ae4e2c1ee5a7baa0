package io.valmed.archive.capture;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Inserts rows into tables all the while, and remembers which ones hot committed. */
final class WritesGoingOn {
  private final HotFixture hot;
  private final Map<String, Ledger> ledgers = new ConcurrentHashMap<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = new Thread(this::write, "writes");

  /** What was committed to one table, and what it is called now. */
  private static final class Ledger {
    private final List<Integer> committed = new CopyOnWriteArrayList<>();
    private volatile String name;

    Ledger(String name) {
      this.name = name;
    }
  }

  WritesGoingOn(HotFixture hot, List<String> tables) {
    this.hot = hot;
    tables.forEach(table -> ledgers.put(table, new Ledger(table)));
    thread.start();
  }

  private void write() {
    int id = 0;
    try (Connection connection = hot.connect();
        Statement statement = connection.createStatement()) {
      while (!stop.await(2, TimeUnit.MILLISECONDS)) {
        for (Ledger ledger : ledgers.values()) {
          id++;
          try {
            statement.execute("INSERT INTO %s (id) VALUES (%d)".formatted(ledger.name, id));
            ledger.committed.add(id);
          } catch (SQLException e) {
            // The table has no such name or column just now: nothing was committed.
          }
        }
      }
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The table is called otherwise now. */
  void renamed(String table, String name) {
    ledger(table).name = name;
  }

  /** Returns when so many more rows were committed. */
  void awaitMore(String table) {
    int before = ledger(table).committed.size();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> ledger(table).committed.size() >= before + 5);
  }

  /** No more rows; the ids of those that were committed. */
  List<Integer> end(String table) {
    Ledger ended = ledger(table);
    ledgers.remove(table);
    // A write that was under way is over when another table has been written to.
    awaitMore(ledgers.keySet().iterator().next());
    return List.copyOf(ended.committed);
  }

  private Ledger ledger(String table) {
    return java.util.Objects.requireNonNull(ledgers.get(table), table);
  }

  void end() throws InterruptedException {
    stop.countDown();
    thread.join();
  }
}
