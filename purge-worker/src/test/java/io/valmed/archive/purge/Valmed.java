package io.valmed.archive.purge;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.model.policy.RootTable;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;

/** ValMed's tables as far as a purge cares, and rows in them. */
final class Valmed {
  static final TableId ORDERS = TableId.parse("public.medication_orders");
  static final TableId ADMINISTRATIONS = TableId.parse("public.medication_administrations");
  static final TableId TRANSFERS = TableId.parse("public.drug_transfers");
  static final TableId USERS = TableId.parse("public.users");

  static final String DDL =
      """
      CREATE TYPE orderstatus AS ENUM ('active', 'completed', 'discontinued');
      CREATE TABLE users (id uuid PRIMARY KEY, email varchar NOT NULL, api_key varchar NOT NULL);
      CREATE TABLE medication_orders (
        id uuid PRIMARY KEY, patient_name varchar NOT NULL, dosage int NOT NULL, note text, status orderstatus NOT NULL, created_at timestamp);
      CREATE TABLE medication_administrations (
        id uuid PRIMARY KEY, order_id uuid NOT NULL REFERENCES medication_orders, administration_time timestamp NOT NULL DEFAULT now());
      CREATE INDEX ON medication_administrations (order_id);
      CREATE INDEX ON medication_orders (created_at);
      CREATE TABLE drug_transfers (id uuid PRIMARY KEY, quantity int NOT NULL, transfer_date timestamp NOT NULL);
      """;

  static final Policy POLICY =
      new Policy(
          List.of(
              new RootTable(
                  ORDERS,
                  "created_at",
                  "status in ('completed', 'discontinued')",
                  Duration.ofDays(90),
                  List.of(
                      new ChildTable(
                          ADMINISTRATIONS, List.of("order_id"), "administration_time", List.of()))),
              new RootTable(TRANSFERS, "transfer_date", null, Duration.ofDays(90), List.of())),
          List.of(new ReferenceTable(USERS, List.of("api_key"))),
          ZoneOffset.UTC);

  private Valmed() {}

  /** The id of the order with that number. */
  static String order(int number) {
    return "00000000-0000-0000-0000-" + String.format("%012d", number);
  }

  /** Completed orders numbered from 1, 100 days old, each with three administrations. */
  static void loadCold(TestDatabase hot, int orders) throws SQLException {
    loadCold(hot, 0, orders);
  }

  /** The same, numbered from {@code above + 1} to {@code last}. */
  static void loadCold(TestDatabase hot, int above, int last) throws SQLException {
    hot.run(
        """
        INSERT INTO medication_orders
        SELECT lpad(i::text, 32, '0')::uuid, 'Патієнт ' || i, i %% 7, CASE i %% 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'x' END, 'completed',
          now() - interval '100 days' - i * interval '1 minute'
        FROM generate_series(%1$d, %2$d) AS i;
        INSERT INTO medication_administrations
        SELECT gen_random_uuid(), id, created_at + k * interval '8 hours' FROM medication_orders, generate_series(1, 3) AS k
        WHERE id >= lpad('%1$d', 32, '0')::uuid
        """
            .formatted(above + 1, last));
  }
}
