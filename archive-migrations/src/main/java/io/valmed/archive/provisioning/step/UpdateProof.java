package io.valmed.archive.provisioning.step;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.jdbc.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Optional;

/**
 * Proves that the application can still UPDATE a table that is now published: with an UPDATE that
 * changes nothing, rolled back. PostgreSQL refuses it at its start, so it needs no row.
 */
final class UpdateProof {
  private final Connection connection;

  UpdateProof(Connection connection) {
    this.connection = connection;
  }

  /**
   * Updates one row that nobody has locked, or none, and takes it back.
   *
   * @throws StopException when the UPDATE fails; the caller must roll back what it did
   */
  void of(TableId table) throws SQLException {
    String sql = statement(table);
    Savepoint before = connection.setSavepoint();
    try (Statement statement = connection.createStatement()) {
      silenceTriggers(statement);
      statement.executeUpdate(sql);
    } catch (SQLException e) {
      if (SqlState.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
      throw new StopException(
          "An UPDATE of %s would fail once it is published (%s), so it was not; correct the table, then run provisioning again."
              .formatted(table, Failures.sentence(e)),
          e);
    }
    connection.rollback(before);
  }

  /** The proof is about the publication; the application's triggers need not hear of it. */
  private static void silenceTriggers(Statement statement) throws SQLException {
    statement.execute(
        """
        SELECT set_config('session_replication_role', 'replica', true)
        WHERE (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        """);
  }

  private String statement(TableId table) throws SQLException {
    Optional<String> column =
        column(
            table,
            """
            a.attgenerated = '' AND a.attidentity <> 'a'
            ORDER BY EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey)), a.attnum
            """);
    if (column.isPresent()) {
      return """
          UPDATE ONLY %1$s SET %2$s = %2$s
          WHERE ctid = (SELECT ctid FROM ONLY %1$s LIMIT 1 FOR UPDATE SKIP LOCKED)
          """
          .formatted(table.sql(), Sql.identifier(column.get()));
    }
    // Only an identity, which can be set to its default alone: without a row, or it would count up.
    String identity =
        column(table, "a.attidentity = 'a'")
            .orElseThrow(() -> new StopException("Table " + table + " has no column to update."));
    return "UPDATE ONLY %s SET %s = DEFAULT WHERE false"
        .formatted(table.sql(), Sql.identifier(identity));
  }

  private Optional<String> column(TableId table, String condition) throws SQLException {
    String sql =
        """
        SELECT a.attname FROM pg_attribute a
        WHERE a.attrelid = ?::regclass AND a.attnum > 0 AND NOT a.attisdropped AND %s
        """
            .formatted(condition);
    return new Query(connection).text(sql, table.sql());
  }
}
