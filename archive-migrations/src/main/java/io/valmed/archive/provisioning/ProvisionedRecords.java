package io.valmed.archive.provisioning;

import io.valmed.archive.runtime.StopException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** The table {@code arc.provisioned}: what was done, and how to restore what was there. */
final class ProvisionedRecords {
  private final Connection connection;

  ProvisionedRecords(Connection connection) {
    this.connection = connection;
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
    if (!new Catalog(connection)
        .holds(
            "SELECT to_regclass('arc.provisioned') IS NOT NULL AND to_regclass('arc.changelog') IS NOT NULL")) {
      throw new StopException(
          "The %s database lacks the product's tables; run 'archive migrate %s up' first."
              .formatted(database, database));
    }
  }

  /**
   * In the order of their undoing: the publication first, since a table that is published without a
   * replica identity refuses the application's UPDATE; then the newest first.
   */
  List<Line> forUndo() throws SQLException {
    return new Catalog(connection)
        .rows(
            row -> new Line(row.getLong(1), row.getString(2), row.getString(3), row.getString(4)),
            """
            SELECT id, kind, name, undo FROM arc.provisioned
            ORDER BY kind = 'publication' DESC, id DESC
            """);
  }

  /** Records the step; one that is recorded already keeps what it restores. */
  void add(Step step) throws SQLException {
    if (step.undo() == null) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            INSERT INTO arc.provisioned (kind, name, undo) VALUES (?, ?, ?)
            ON CONFLICT (kind, name) DO NOTHING
            """)) {
      statement.setString(1, step.kind().word());
      statement.setString(2, step.name());
      statement.setString(3, step.undo());
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
}
