package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.sink.read.Received;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves mirror rows to the cold store whose keys are created anew: they have left hot without a
 * word, as TRUNCATE makes them leave, and are the only copies.
 *
 * <p>Only a row whose last change stands before the creation has left. One that stands there or
 * later is the row that was created, delivered again after positions were set back.
 */
public final class ReusedKeys {
  private static final Logger log = LoggerFactory.getLogger(ReusedKeys.class);

  private final Connection connection;
  private final RowCopy copy;
  private final ColdMove cold;

  public ReusedKeys(Connection connection, RowCopy copy, ColdMove cold) {
    this.connection = connection;
    this.copy = copy;
    this.cold = cold;
  }

  /**
   * Moves what stands under the keys of these records of one version, which create rows.
   *
   * @param keys the version's stage for keys
   */
  public void moveAside(List<Received> creations, Stage keys) throws SQLException {
    if (creations.isEmpty()) {
      return;
    }
    TableSchema version = creations.get(0).schema();
    keys.fillKeys(connection, copy, creations);
    String condition =
        KeyMatch.sql(version, "m", "s")
            + " AND (m.arc_epoch, m.arc_lsn) < (s.arc_epoch, s.arc_lsn)";
    int moved = cold.move(version.table(), keys, condition, "s.arc_lsn", DepartureCause.UNSEEN);
    if (moved > 0) {
      log.warn("left unseen and used again table={} rows={}", version.table(), moved);
    }
  }
}
