package io.valmed.archive.provisioning;

import io.valmed.archive.model.Sql;
import io.valmed.archive.runtime.StopException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * Capture's slot, which capture makes and undo removes: a slot that nobody reads fills the disk.
 */
final class ReplicationSlot {
  private final Catalog catalog;
  private final String slot;

  ReplicationSlot(Catalog catalog, String slot) {
    this.catalog = catalog;
    this.slot = slot;
  }

  /**
   * What {@link #drop} would do now; changes nothing.
   *
   * @throws StopException when it is being read
   */
  List<PlannedStep> plan() throws SQLException {
    boolean exists =
        catalog.holds(
            "SELECT true FROM pg_replication_slots WHERE slot_name = ? AND database = current_database()",
            slot);
    if (!exists) {
      return List.of();
    }
    mustBeIdle();
    return List.of(
        new PlannedStep(
            "slot", slot, "SELECT pg_drop_replication_slot(" + Sql.literal(slot) + ")", null));
  }

  /**
   * Drops the slot if this database has it.
   *
   * @throws StopException when it is being read; nothing was changed then
   */
  List<PlannedStep> drop() throws SQLException {
    List<PlannedStep> planned = plan();
    for (PlannedStep step : planned) {
      try (Statement statement = catalog.connection().createStatement()) {
        statement.execute(step.sql());
      } catch (SQLException e) {
        mustBeIdle();
        throw e;
      }
    }
    return planned;
  }

  private void mustBeIdle() throws SQLException {
    Optional<String> reader =
        catalog.text(
            """
            SELECT format('process %s of role %s, %s, from %s', s.active_pid, a.usename,
                          coalesce(nullif(a.application_name, ''), 'unnamed'), coalesce(host(a.client_addr), 'this machine'))
            FROM pg_replication_slots s LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid
            WHERE s.slot_name = ? AND s.active
            """,
            slot);
    if (reader.isPresent()) {
      throw new StopException(
          "Replication slot %s is being read (%s); stop capture, then undo again."
              .formatted(slot, reader.get()));
    }
  }
}
