package io.valmed.archive.provisioning.check;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.jdbc.Query;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Whether a settled predicate is one: PostgreSQL plans it, and runs nothing. */
final class SettledCheck {
  private final Query catalog;

  /**
   * @param catalog in a transaction with the search path that the purge worker uses
   */
  SettledCheck(Query catalog) {
    this.catalog = catalog;
  }

  /** What is wrong with the predicate; nothing when it can be used. */
  Optional<String> problem(TableId table, String settled) throws SQLException {
    if (settled.contains(";")) {
      return Optional.of("holds a ';'");
    }
    // Text that closes our parenthesis would stand alone in the first form and not in the second.
    String inCondition = "SELECT FROM ONLY %s WHERE (%s\n)".formatted(table.sql(), settled);
    String inCase =
        "SELECT FROM ONLY %s WHERE CASE WHEN %s\nTHEN true END".formatted(table.sql(), settled);
    Connection connection = catalog.connection();
    Savepoint before = connection.setSavepoint();
    try {
      String plan = explain(inCondition);
      explain(inCase);
      return plan.contains("\"Plans\"")
          ? Optional.of("looks at other rows or tables; it may use the row's own columns only")
          : Optional.empty();
    } catch (SQLException e) {
      return Optional.of("is refused by PostgreSQL: " + message(e));
    } finally {
      connection.rollback(before);
    }
  }

  /**
   * Whether the predicate seems to call a volatile function: PostgreSQL does not let such a
   * condition pass a function that returns rows. It does not let one on the whole row pass either.
   */
  boolean isVolatile(TableId table, String settled) throws SQLException {
    String plan =
        explain(
            "SELECT FROM (SELECT *, generate_series(1, 2) AS arc_rows FROM ONLY %s) AS %s WHERE (%s\n)"
                .formatted(table.sql(), Sql.identifier(table.name()), settled));
    int below = plan.indexOf("\"Plans\"");
    return below > 0 && plan.substring(0, below).contains("\"Filter\"");
  }

  private String explain(String query) throws SQLException {
    try (Statement settings = catalog.connection().createStatement()) {
      // One scan is one node of the plan; a subquery adds others.
      settings.execute("SET LOCAL enable_bitmapscan = off");
      settings.execute("SET LOCAL max_parallel_workers_per_gather = 0");
    }
    return String.join("\n", catalog.texts("EXPLAIN (FORMAT JSON, COSTS OFF) " + query));
  }

  /** The server's message quotes the predicate, which is the operator's own text. */
  private static String message(SQLException failure) {
    ServerErrorMessage server =
        failure instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
    return server == null ? String.valueOf(failure.getMessage()) : server.getMessage();
  }
}
