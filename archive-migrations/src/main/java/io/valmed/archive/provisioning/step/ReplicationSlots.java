package io.valmed.archive.provisioning.step;

import io.valmed.archive.databases.identity.Installation;
import io.valmed.archive.databases.identity.InstallationTable;
import io.valmed.archive.model.Sql;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The slots of an installation, which capture makes and undo removes, whatever the settings call
 * them now: a slot that nobody reads fills the disk. They are recorded before capture makes them.
 */
public final class ReplicationSlots {
  private static final String READER =
      """
      SELECT format('process %s of role %s, %s, from %s', s.active_pid, a.usename,
                    coalesce(nullif(a.application_name, ''), 'unnamed'), coalesce(host(a.client_addr), 'this machine'))
      FROM pg_replication_slots s LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid
      WHERE s.slot_name = ? AND s.active
      """;

  // Slots of other installations of this database that nobody reads.
  private static final String OTHERS =
      """
      SELECT o.prefix, s.slot_name FROM (
        SELECT prefix, slot AS name FROM arc.installation UNION
        SELECT prefix, name FROM arc.provisioned WHERE kind = 'slot') AS o
      JOIN pg_replication_slots s ON s.slot_name = o.name AND s.database = current_database()
      WHERE o.prefix NOT IN ('', ?) AND NOT s.active ORDER BY 1, 2
      """;

  private final Query catalog;
  private final Settings settings;

  public ReplicationSlots(Query catalog, Settings settings) {
    this.catalog = catalog;
    this.settings = settings;
  }

  /** Records the slot that capture will make. */
  public List<Step> steps() throws SQLException {
    String slot = settings.capture().slot();
    return List.of(Step.of(StepKind.SLOT, slot, "SELECT", sql(slot), recorded().contains(slot)));
  }

  /**
   * What {@link #drop} would do now; changes nothing.
   *
   * @throws StopException when capture reads its slot
   */
  public List<PlannedStep> plan() throws SQLException {
    Installation row =
        new InstallationTable(catalog.connection()).find(settings.prefix()).orElse(null);
    // What is recorded is ours; a name in the settings alone only where nothing is.
    String current = row == null ? settings.capture().slot() : row.slot();
    Set<String> slots = new TreeSet<>(recorded());
    slots.add(current);
    List<PlannedStep> planned = new ArrayList<>();
    for (String slot : slots) {
      if (exists(slot)) {
        planned.add(planned(slot, slot.equals(current)));
      }
    }
    planned.addAll(
        catalog.rows(
            other ->
                new PlannedStep(
                    StepKind.SLOT.word(),
                    other.getString(2),
                    sql(other.getString(2)),
                    "kept: it is installation %1$s's, and nobody reads it, so hot keeps WAL for it; if there is no such installation any more, run './archive provision hot --undo --prefix %1$s'"
                        .formatted(other.getString(1))),
            OTHERS,
            settings.prefix()));
    return planned;
  }

  private PlannedStep planned(String slot, boolean current) throws SQLException {
    Optional<String> reader = catalog.text(READER, slot);
    if (reader.isPresent() && current) {
      throw new StopException(
          "Replication slot %s is being read (%s); stop capture, then undo again."
              .formatted(slot, reader.get()));
    }
    String note =
        reader
            .map(who -> "kept: it is being read (%s); stop that, then undo again".formatted(who))
            .orElse(null);
    return new PlannedStep(StepKind.SLOT.word(), slot, sql(slot), note);
  }

  /**
   * Drops the slots that nobody reads; those that are left stay recorded.
   *
   * @throws StopException when capture reads its slot; nothing was changed then
   */
  public List<PlannedStep> drop() throws SQLException {
    List<PlannedStep> planned = plan();
    for (PlannedStep step : planned) {
      if (step.note() == null) {
        try (Statement statement = catalog.connection().createStatement()) {
          statement.execute(step.sql());
        } catch (SQLException e) {
          planned(step.name(), true);
          throw e;
        }
      }
    }
    return planned;
  }

  /** Whether undo drops a slot, which needs the right to. */
  static boolean drops(List<PlannedStep> planned) {
    return planned.stream().anyMatch(step -> step.note() == null);
  }

  private List<String> recorded() throws SQLException {
    return catalog.texts(
        "SELECT name FROM arc.provisioned WHERE kind = ? AND prefix IN ('', ?) ORDER BY 1",
        StepKind.SLOT.word(),
        settings.prefix());
  }

  private boolean exists(String slot) throws SQLException {
    return catalog.holds(
        "SELECT true FROM pg_replication_slots WHERE slot_name = ? AND database = current_database()",
        slot);
  }

  private static String sql(String slot) {
    return "SELECT pg_drop_replication_slot(" + Sql.literal(slot) + ")";
  }
}
