package io.valmed.archive.purge;

import java.sql.SQLException;

/** Moves purged rows from the mirror to the cold store as the sink does when their records come. */
final class Departing {
  private static final String MOVE =
      """
      WITH m AS (
        DELETE FROM public.%1$s AS m USING arc.purge_row r, arc.purge_page p
        WHERE r.key = ARRAY[m.id::text] AND r.table_name = 'public.%1$s' AND p.id = r.page AND p.outcome = 'committed'
        RETURNING m.*, p.hot_xid & 4294967295 AS xid),
      kept AS (
        INSERT INTO public_cold.%1$s (%2$s, arc_version, arc_epoch, arc_lsn, arc_txid, arc_cause, arc_age)
        SELECT %2$s, 1, 1, '0/2', xid, 'purged', '-infinity' FROM m RETURNING arc_txid)
      INSERT INTO arc.purged_departure (table_name, epoch, txid, rows) SELECT 'public.%1$s', 1, arc_txid, count(*) FROM kept GROUP BY arc_txid
      """;

  private Departing() {}

  static void orders(PurgeScene scene) throws SQLException {
    scene.archive.run(
        MOVE.formatted("medication_orders", "id, patient_name, dosage, note, status, created_at"));
  }

  static void administrations(PurgeScene scene) throws SQLException {
    scene.archive.run(
        MOVE.formatted("medication_administrations", "id, order_id, administration_time"));
  }

  static void all(PurgeScene scene) throws SQLException {
    orders(scene);
    administrations(scene);
  }
}
