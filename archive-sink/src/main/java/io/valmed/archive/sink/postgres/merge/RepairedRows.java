package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.stream.Collectors;

/**
 * Departures that were made from the mirror and the journal because none had come (ADR 0121). If
 * hot's own record comes after all, it is the same departure, not a second one.
 */
public final class RepairedRows {
  private static final String ANY =
      "SELECT EXISTS (SELECT FROM arc.purge_repaired WHERE table_name = ?)";
  private static final String LEAVE_OUT =
      """
      DELETE FROM %s s USING arc.purge_repaired r
      WHERE r.table_name = ? AND r.key = ARRAY[%s] AND r.epoch = s.arc_epoch AND r.txid = s.arc_txid AND s.arc_cause = 'purged'
      """;

  private final Connection connection;

  public RepairedRows(Connection connection) {
    this.connection = connection;
  }

  /** Takes those out of a stage of departures which the cold store has from a repair. */
  public void leaveOut(TableSchema schema, Stage stage) throws SQLException {
    String table = schema.table().toString();
    if (!any(table)) {
      return;
    }
    String key =
        schema.key().stream()
            .map(name -> "s." + Sql.identifier(name) + "::text")
            .collect(Collectors.joining(", "));
    try (PreparedStatement delete =
        connection.prepareStatement(LEAVE_OUT.formatted(stage.sql(), key))) {
      delete.setString(1, table);
      if (delete.executeUpdate() > 0) {
        stage.forget();
      }
    }
  }

  private boolean any(String table) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(ANY)) {
      query.setString(1, table);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }
}
