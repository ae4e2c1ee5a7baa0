package io.valmed.archive.bench.probe;

import io.valmed.archive.bench.ground.Answers;
import java.sql.Connection;
import java.sql.SQLException;

/** Rows of other patients, half of them in the mirror and half in the cold store. */
final class ArchiveFill {
  private static final int PIECE = 250_000;
  private static final String ORDER =
      "gen_random_uuid(), 'Patient ' || n, gen_random_uuid(), 1, '1-0-1', 'completed', gen_random_uuid(),"
          + " now() - n % 400 * interval '1 day', 1, 1, '0/0', 1, now(), '2020-01-01'";
  private static final String ADMINISTRATION =
      "gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),"
          + " now() - n % 400 * interval '1 day', 1, 1, '0/0', 1, now(), '2020-01-01'";
  private static final String ORDER_COLUMNS =
      "id, patient_name, drug_id, dosage, schedule, status, doctor_id, created_at";
  private static final String ADMINISTRATION_COLUMNS =
      "id, order_id, nurse_id, administration_time";
  private static final String EVIDENCE =
      ", arc_version, arc_epoch, arc_lsn, arc_txid, arc_committed_at, arc_archived_at";

  private final Connection archive;
  private long filled;

  ArchiveFill(Connection archive) {
    this.archive = archive;
  }

  /** The months that the cold rows fall into. */
  void partitions() throws SQLException {
    Answers.run(
        archive,
        """
        SELECT arc.ensure_partition('public', t, m::date)
          FROM unnest(ARRAY['medication_orders', 'medication_administrations']) t,
            generate_series(date_trunc('month', now() - interval '500 days'), now(), interval '1 month') m
        """);
  }

  /** Fills up to so many rows. */
  void upTo(long rows) throws SQLException {
    while (filled < rows) {
      long piece = Math.min(PIECE, rows - filled);
      long orders = piece / 8;
      long administrations = piece / 2 - orders;
      mirror("public.medication_orders", ORDER_COLUMNS, ORDER, orders);
      mirror(
          "public.medication_administrations",
          ADMINISTRATION_COLUMNS,
          ADMINISTRATION,
          administrations);
      cold("public_cold.medication_orders", ORDER_COLUMNS, ORDER, orders);
      cold(
          "public_cold.medication_administrations",
          ADMINISTRATION_COLUMNS,
          ADMINISTRATION,
          piece - piece / 2 - orders);
      filled += piece;
    }
    Answers.run(archive, "ANALYZE");
  }

  private void mirror(String table, String columns, String values, long rows) throws SQLException {
    Answers.run(
        archive,
        "INSERT INTO %s (%s%s) SELECT %s FROM generate_series(1, %d) n"
            .formatted(table, columns, EVIDENCE, values, rows));
  }

  private void cold(String table, String columns, String values, long rows) throws SQLException {
    Answers.run(
        archive,
        "INSERT INTO %s (%s%s, arc_cause, arc_age) SELECT %s, 'purged', now() - n %% 400 * interval '1 day' FROM generate_series(1, %d) n"
            .formatted(table, columns, EVIDENCE, values, rows));
  }
}
