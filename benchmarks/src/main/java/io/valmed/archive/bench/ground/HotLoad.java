package io.valmed.archive.bench.ground;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Commits the template's orders with their administrations in hot, transaction by transaction, as
 * fast as one session can: foreign keys are not looked at again, for the rows have passed them.
 */
public final class HotLoad {
  private static final int ORDERS_PER_TRANSACTION = 500;

  private final Connection hot;
  private final boolean cold;
  private final int first;
  private final int last;
  private long orders;
  private long administrations;

  private HotLoad(Connection hot, boolean cold, int first, int last) {
    this.hot = hot;
    this.cold = cold;
    this.first = first;
    this.last = last;
  }

  /** Commits the template's first orders as they are, with their administrations. */
  static Loaded first(Site site, int orders) throws SQLException {
    try (Connection hot = site.hot()) {
      return new HotLoad(hot, false, 1, orders).commit();
    }
  }

  /** Commits the template's rows as they are, but for the first orders'. */
  static Loaded behind(Site site, int orders) throws SQLException {
    try (Connection hot = site.hot()) {
      return new HotLoad(hot, false, orders + 1, count(hot)).commit();
    }
  }

  /** Commits all of the template's rows, each order settled and old enough to be purged. */
  public static Loaded allCold(Site site) throws SQLException {
    try (Connection hot = site.hot()) {
      Loaded loaded = new HotLoad(hot, true, 1, count(hot)).commit();
      Answers.run(hot, "VACUUM ANALYZE medication_orders, medication_administrations");
      return loaded;
    }
  }

  /**
   * Commits one of so many equal parts of the template's rows, cold like {@link #allCold}, but for
   * the first orders'.
   */
  static Loaded slice(Site site, int behind, int part, int of) throws SQLException {
    try (Connection hot = site.hot()) {
      int all = count(hot) - behind;
      int first = behind + all * part / of + 1;
      Loaded loaded = new HotLoad(hot, true, first, behind + all * (part + 1) / of).commit();
      Answers.run(hot, "VACUUM ANALYZE medication_orders, medication_administrations");
      return loaded;
    }
  }

  private static int count(Connection hot) throws SQLException {
    return Math.toIntExact(Answers.number(hot, "SELECT max(n) FROM bench.orders"));
  }

  private Loaded commit() throws SQLException {
    Answers.run(hot, "SET session_replication_role = replica");
    hot.setAutoCommit(false);
    long firstCommit = 0;
    String beforeLast = "";
    int from = first;
    for (; from <= last; from += ORDERS_PER_TRANSACTION) {
      int to = Math.min(last, from + ORDERS_PER_TRANSACTION - 1);
      insert(from, to);
      if (to == last) {
        beforeLast = Answers.text(hot, "SELECT pg_current_wal_insert_lsn()::text");
      }
      hot.commit();
      if (firstCommit == 0) {
        firstCommit = Moment.now();
      }
    }
    long lastCommit = Moment.now();
    hot.setAutoCommit(true);
    Answers.run(hot, "RESET session_replication_role");
    int begun = from - ORDERS_PER_TRANSACTION;
    return new Loaded(
        orders,
        administrations,
        firstCommit,
        lastCommit,
        beforeLast,
        ids("bench.orders", begun),
        ids("bench.administrations", begun));
  }

  private void insert(int from, int to) throws SQLException {
    orders +=
        update(
            """
            INSERT INTO public.medication_orders
            SELECT id, patient_name, drug_id, dosage, schedule,
                CASE WHEN ? THEN 'completed' ELSE status END, doctor_id,
                CASE WHEN ? THEN coalesce(created_at, now()::timestamp) - interval '100 days' ELSE created_at END
              FROM bench.orders WHERE n BETWEEN ? AND ? ORDER BY n
            """,
            from,
            to);
    administrations +=
        update(
            """
            INSERT INTO public.medication_administrations
            SELECT id, order_id, nurse_id,
                CASE WHEN ? AND ? THEN administration_time - interval '100 days' ELSE administration_time END
              FROM bench.administrations WHERE n BETWEEN ? AND ? ORDER BY n
            """,
            from,
            to);
  }

  private long update(String sql, int from, int to) throws SQLException {
    try (PreparedStatement insert = hot.prepareStatement(sql)) {
      insert.setBoolean(1, cold);
      insert.setBoolean(2, cold);
      insert.setInt(3, from);
      insert.setInt(4, to);
      return insert.executeLargeUpdate();
    }
  }

  private List<UUID> ids(String table, int from) throws SQLException {
    List<UUID> ids = new ArrayList<>();
    try (PreparedStatement query =
        hot.prepareStatement("SELECT array_agg(id) FROM " + table + " WHERE n BETWEEN ? AND ?")) {
      query.setInt(1, from);
      query.setInt(2, last);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        Array all = row.getArray(1);
        if (all != null) {
          ids.addAll(Arrays.asList((UUID[]) all.getArray()));
        }
      }
    }
    return ids;
  }
}
