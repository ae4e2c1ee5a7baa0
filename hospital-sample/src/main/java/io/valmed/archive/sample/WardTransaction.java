package io.valmed.archive.sample;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One of the things a ward does, in one transaction. The caller commits. */
final class WardTransaction {
  private final Connection connection;
  private final SampleData data;
  private final SplittableRandom random;
  private final Map<String, Long> inserted = new TreeMap<>();
  private final Map<String, Long> updated = new TreeMap<>();
  private final Map<String, Long> deleted = new TreeMap<>();

  WardTransaction(Connection connection, SampleData data, SplittableRandom random) {
    this.connection = connection;
    this.data = data;
    this.random = random;
  }

  /** Does one thing, by chance. */
  void run() throws SQLException {
    int of100 = random.nextInt(100);
    if (of100 < 35) {
      order();
    } else if (of100 < 55) {
      administer();
    } else if (of100 < 70) {
      settle();
    } else if (of100 < 82) {
      correctOrder();
    } else if (of100 < 87) {
      correctAdministration();
    } else if (of100 < 94) {
      cancel();
    } else {
      transfer();
    }
  }

  /** What it did, to be counted once it is committed. */
  LiveCounts counts() {
    return new LiveCounts(1, 0, inserted, updated, deleted);
  }

  private void order() throws SQLException {
    UUID id = SampleData.uuid(random);
    count(
        inserted,
        SampleTables.ORDERS,
        update(
            """
            INSERT INTO public.medication_orders
              (id, patient_name, drug_id, dosage, schedule, status, doctor_id, created_at)
            VALUES (?, ?, ?, ?, ?, 'active', ?, clock_timestamp() AT TIME ZONE 'UTC')
            """,
            id,
            data.patient(random),
            data.anyDrug(random),
            1 + random.nextInt(8),
            SampleData.pick(SampleWords.SCHEDULES, random),
            data.doctor(random)));
    for (int given = random.nextInt(3); given > 0; given--) {
      administer(id);
    }
  }

  private void administer() throws SQLException {
    UUID order =
        any(
            "SELECT id FROM public.medication_orders WHERE id >= ? AND status = 'active' ORDER BY id LIMIT 1");
    if (order != null) {
      administer(order);
    }
  }

  private void administer(UUID order) throws SQLException {
    count(
        inserted,
        SampleTables.ADMINISTRATIONS,
        update(
            """
            INSERT INTO public.medication_administrations (id, order_id, nurse_id, administration_time)
            VALUES (?, ?, ?, clock_timestamp() AT TIME ZONE 'UTC')
            """,
            SampleData.uuid(random),
            order,
            data.nurse(random)));
  }

  private void settle() throws SQLException {
    UUID order =
        any(
            "SELECT id FROM public.medication_orders WHERE id >= ? AND status = 'active' ORDER BY id LIMIT 1");
    String status = random.nextInt(5) == 0 ? "discontinued" : "completed";
    changeOrder(
        "UPDATE public.medication_orders SET status = ?::public.orderstatus WHERE id = ?",
        status,
        order);
  }

  private void correctOrder() throws SQLException {
    UUID order = any("SELECT id FROM public.medication_orders WHERE id >= ? ORDER BY id LIMIT 1");
    if (random.nextBoolean()) {
      changeOrder(
          "UPDATE public.medication_orders SET patient_name = ? WHERE id = ?",
          data.patient(random),
          order);
    } else {
      changeOrder(
          "UPDATE public.medication_orders SET dosage = ? WHERE id = ?",
          1 + random.nextInt(8),
          order);
    }
  }

  private void changeOrder(String sql, Object value, @Nullable UUID order) throws SQLException {
    if (order != null) {
      count(updated, SampleTables.ORDERS, update(sql, value, order));
    }
  }

  private void correctAdministration() throws SQLException {
    UUID id =
        any("SELECT id FROM public.medication_administrations WHERE id >= ? ORDER BY id LIMIT 1");
    if (id != null) {
      count(
          updated,
          SampleTables.ADMINISTRATIONS,
          update(
              """
              UPDATE public.medication_administrations
              SET nurse_id = ?, administration_time = administration_time - interval '1 minute'
              WHERE id = ?
              """,
              data.nurse(random),
              id));
    }
  }

  private void cancel() throws SQLException {
    UUID order = any("SELECT id FROM public.medication_orders WHERE id >= ? ORDER BY id LIMIT 1");
    if (order != null) {
      count(
          deleted,
          SampleTables.ADMINISTRATIONS,
          update("DELETE FROM public.medication_administrations WHERE order_id = ?", order));
      count(
          deleted,
          SampleTables.ORDERS,
          update("DELETE FROM public.medication_orders WHERE id = ?", order));
    }
  }

  private void transfer() throws SQLException {
    UUID drug = data.anyDrug(random);
    count(
        inserted,
        SampleTables.TRANSFERS,
        update(
            """
            INSERT INTO public.drug_transfers
              (id, drug_id, source_ward, destination_ward, quantity, pharmacist_id, transfer_date)
            VALUES (?, ?, ?, ?, ?, ?, clock_timestamp() AT TIME ZONE 'UTC')
            """,
            SampleData.uuid(random),
            drug,
            SampleData.pick(SampleWords.WARDS, random),
            SampleData.pick(SampleWords.WARDS, random),
            1 + random.nextInt(50),
            data.pharmacist(random)));
    count(
        updated,
        SampleTables.DRUGS,
        update("UPDATE public.drugs SET current_stock = current_stock + 1 WHERE id = ?", drug));
  }

  private @Nullable UUID any(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, SampleData.uuid(random));
      try (ResultSet result = statement.executeQuery()) {
        return result.next() ? result.getObject(1, UUID.class) : null;
      }
    }
  }

  private int update(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }

  private static void count(Map<String, Long> rows, String table, int more) {
    if (more > 0) {
      rows.merge(table, (long) more, Long::sum);
    }
  }
}
