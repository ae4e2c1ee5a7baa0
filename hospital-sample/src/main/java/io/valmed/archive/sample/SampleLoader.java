package io.valmed.archive.sample;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.CopyText;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** Copies a sample hospital into the hot database, a few thousand orders in each transaction. */
public final class SampleLoader {
  private static final int ORDERS_PER_TRANSACTION = 5_000;

  private final Connection connection;
  private final LongConsumer progress;
  private final Map<String, Long> loaded = new LinkedHashMap<>();

  /**
   * @param connection to the hot database, in auto-commit mode; may insert into ValMed's tables
   * @param progress told how many rows have been committed so far
   */
  public SampleLoader(Connection connection, LongConsumer progress) {
    this.connection = connection;
    this.progress = progress;
  }

  /**
   * Loads a hospital into the database that this login opens.
   *
   * @param ifEmpty whether to load nothing where some hospital has been loaded
   * @return rows loaded, by table
   */
  public static Map<String, Long> load(
      DatabaseLogin hot, boolean ifEmpty, int orders, Duration history, long seed)
      throws SQLException {
    try (Connection connection = hot.connect("archive sample")) {
      return ifEmpty && loadedBefore(connection)
          ? Map.of()
          : new SampleLoader(connection, rows -> {}).load(orders, history, seed);
    }
  }

  /** About how many rows a load of so many orders will bring: each has three administrations. */
  public static long expectedRows(int orders) {
    return orders * 4L + orders / SampleData.ORDERS_PER_TRANSFER;
  }

  /** Whether some hospital has been loaded: its users stay when its orders are purged. */
  public static boolean loadedBefore(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT EXISTS (SELECT FROM public.users)")) {
      result.next();
      return result.getBoolean(1);
    }
  }

  /**
   * Loads one hospital's history. Users and drugs that are there already stay.
   *
   * @param orders how many orders
   * @param history how far back they go from hot's clock
   * @param seed which hospital; the same one cannot be loaded twice
   * @return rows loaded, by table
   */
  public Map<String, Long> load(int orders, Duration history, long seed) throws SQLException {
    SampleData data = new SampleData(seed, orders, history, hotNow(connection));
    SampleTables.ALL.forEach(table -> loaded.put(table, 0L));
    connection.setAutoCommit(false);
    try {
      loadReference(data);
      for (int from = 0; from < orders; from += ORDERS_PER_TRANSACTION) {
        loadOrders(data, from, Math.min(orders, from + ORDERS_PER_TRANSACTION));
      }
      copy(SampleTables.TRANSFERS, transfers(data));
      commit();
    } catch (SQLException e) {
      connection.rollback();
      if (SqlState.UNIQUE_VIOLATION.equals(e.getSQLState())) {
        throw new StopException(
            "The hospital of seed " + seed + " is in the database already; use another seed.", e);
      }
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
    return new LinkedHashMap<>(loaded);
  }

  /** Hot's clock in UTC, as ValMed writes its timestamps. */
  static LocalDateTime hotNow(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT clock_timestamp() AT TIME ZONE 'UTC'")) {
      result.next();
      return result.getObject(1, LocalDateTime.class);
    }
  }

  private void loadReference(SampleData data) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TEMP TABLE IF NOT EXISTS new_users (LIKE public.users) ON COMMIT DROP;
          CREATE TEMP TABLE IF NOT EXISTS new_drugs (LIKE public.drugs) ON COMMIT DROP;
          """);
      write("new_users", data.users());
      write("new_drugs", data.drugs());
      count(
          SampleTables.USERS,
          statement.executeUpdate(
              "INSERT INTO public.users SELECT * FROM new_users ON CONFLICT DO NOTHING"));
      count(
          SampleTables.DRUGS,
          statement.executeUpdate(
              "INSERT INTO public.drugs SELECT * FROM new_drugs ON CONFLICT DO NOTHING"));
    }
    commit();
  }

  private void loadOrders(SampleData data, int from, int to) throws SQLException {
    List<SampleRow.Order> orders = new ArrayList<>();
    List<SampleRow.Administration> administrations = new ArrayList<>();
    for (int i = from; i < to; i++) {
      SampleRow.Order order = data.order(i);
      orders.add(order);
      administrations.addAll(data.administrations(i, order));
    }
    copy(SampleTables.ORDERS, orders);
    copy(SampleTables.ADMINISTRATIONS, administrations);
    commit();
  }

  private static List<SampleRow.Transfer> transfers(SampleData data) {
    List<SampleRow.Transfer> transfers = new ArrayList<>();
    for (int i = 0; i < data.transfers(); i++) {
      transfers.add(data.transfer(i));
    }
    return transfers;
  }

  private void copy(String table, List<? extends SampleRow> rows) throws SQLException {
    count(table, write(table, rows));
  }

  private long write(String table, List<? extends SampleRow> rows) throws SQLException {
    try (CopyText copy = new CopyText(connection, "COPY " + table + " FROM STDIN")) {
      for (SampleRow row : rows) {
        for (Object value : row.values()) {
          copy.value(value == null ? null : value.toString());
        }
        copy.endRow();
      }
      return copy.end();
    }
  }

  private void count(String table, long rows) {
    loaded.merge(table, rows, Long::sum);
  }

  private void commit() throws SQLException {
    connection.commit();
    progress.accept(loaded.values().stream().mapToLong(Long::longValue).sum());
  }
}
