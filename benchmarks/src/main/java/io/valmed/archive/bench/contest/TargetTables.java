package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Answers;
import java.sql.Connection;
import java.sql.SQLException;

/** The tables that references write into: primary keys and nothing else, like a mirror. */
final class TargetTables {
  private TargetTables() {}

  static void create(Connection target) throws SQLException {
    Answers.run(
        target,
        """
        CREATE TABLE medication_orders (id uuid PRIMARY KEY, patient_name varchar, drug_id uuid, dosage int, schedule varchar,
          status text, doctor_id uuid, created_at timestamp);
        CREATE TABLE medication_administrations (id uuid PRIMARY KEY, order_id uuid, nurse_id uuid, administration_time timestamp);
        """);
  }
}
