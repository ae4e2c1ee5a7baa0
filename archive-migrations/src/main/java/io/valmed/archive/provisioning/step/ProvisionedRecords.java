package io.valmed.archive.provisioning.step;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The table {@code arc.provisioned}: what was done, and how to restore what was there. */
public final class ProvisionedRecords {
  private final Connection connection;
  private final String prefix;

  /**
   * @param prefix the installation whose lines are meant
   */
  public ProvisionedRecords(Connection connection, String prefix) {
    this.connection = connection;
    this.prefix = prefix;
  }

  /**
   * One line.
   *
   * @param undo the statement that restores what was there
   */
  record Line(long id, String kind, String name, String undo) {
    PlannedStep planned() {
      return new PlannedStep(kind, name, undo, null);
    }
  }

  /**
   * Checks that migrations have made the table.
   *
   * @param database how {@code archive migrate} calls the database
   */
  void mustExist(String database) throws SQLException {
    if (!exist()) {
      throw new StopException(
          "The %s database lacks the product's tables; run 'archive migrate %s up' first."
              .formatted(database, database));
    }
  }

  /** Whether migrations have made the table; asked so that a role without any right may. */
  boolean exist() throws SQLException {
    return new Query(connection)
        .holds(
            """
            SELECT count(*) = 3 FROM pg_class
            WHERE relnamespace = to_regnamespace('arc') AND relname IN ('provisioned', 'changelog', 'installation')
            """);
  }

  /**
   * In the order of their undoing: the publication first, since a table that is published without a
   * replica identity refuses the application's UPDATE; then the newest first. Slots are not among
   * them: {@link ReplicationSlots} drops them.
   */
  List<Line> forUndo() throws SQLException {
    return new Query(connection)
        .rows(
            row -> new Line(row.getLong(1), row.getString(2), row.getString(3), row.getString(4)),
            """
            SELECT id, kind, name, undo FROM arc.provisioned WHERE prefix IN ('', ?) AND kind <> 'slot'
            ORDER BY kind = 'publication' DESC, id DESC
            """,
            prefix);
  }

  /** Records the step; one that is recorded already keeps what it restores. */
  void add(Step step) throws SQLException {
    if (step.undo() == null) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            INSERT INTO arc.provisioned (kind, name, undo, prefix)
            VALUES (?, ?, coalesce((SELECT undo FROM arc.provisioned WHERE kind = ? AND name = ? ORDER BY id LIMIT 1), ?), ?)
            ON CONFLICT (prefix, kind, name) DO NOTHING
            """)) {
      statement.setString(1, step.kind().word());
      statement.setString(2, step.name());
      statement.setString(3, step.kind().word());
      statement.setString(4, step.name());
      statement.setString(5, step.undo());
      statement.setString(6, prefix);
      statement.executeUpdate();
    }
  }

  /** Another installation that needs what the line says, and would miss it. */
  Optional<String> sharedWith(Line line) throws SQLException {
    return new Query(connection)
        .text(
            "SELECT prefix FROM arc.provisioned WHERE kind = ? AND name = ? AND prefix NOT IN ('', ?) ORDER BY prefix LIMIT 1",
            line.kind(),
            line.name(),
            prefix);
  }

  /** Whether another installation made the step, and this one has not recorded its need of it. */
  boolean unrecorded(Step step) throws SQLException {
    return step.undo() != null
        && new Query(connection)
            .holds(
                """
                SELECT true FROM arc.provisioned WHERE kind = ? AND name = ?
                HAVING count(*) > 0 AND count(*) FILTER (WHERE prefix IN ('', ?)) = 0
                """,
                step.kind().word(),
                step.name(),
                prefix);
  }

  /** Lines from before installations were told apart become this installation's. */
  void adopt() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("UPDATE arc.provisioned SET prefix = ? WHERE prefix = ''")) {
      statement.setString(1, prefix);
      statement.executeUpdate();
    }
  }

  void remove(Line line) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM arc.provisioned WHERE id = ?")) {
      statement.setLong(1, line.id());
      statement.executeUpdate();
    }
  }

  /** Forgets what this installation has recorded of the step. */
  void remove(Step step) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "DELETE FROM arc.provisioned WHERE prefix = ? AND kind = ? AND name = ?")) {
      statement.setString(1, prefix);
      statement.setString(2, step.kind().word());
      statement.setString(3, step.name());
      statement.executeUpdate();
    }
  }

  /** Forgets slots that are no more; one that is still read is found by the next undo. */
  void forgetSlots() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            DELETE FROM arc.provisioned p WHERE kind = 'slot' AND prefix IN ('', ?)
            AND NOT EXISTS (SELECT FROM pg_replication_slots s WHERE s.slot_name = p.name AND s.database = current_database())
            """)) {
      statement.setString(1, prefix);
      statement.executeUpdate();
    }
  }
}
