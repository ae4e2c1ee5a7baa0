package io.valmed.archive.capture.start;

import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.StopException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Makes sure that a snapshot sees every row of its tables: none hidden by row security, none behind
 * a rewrite or TRUNCATE that committed after the snapshot was taken.
 */
public final class WholeTables {
  private static final String NO_SUCH_TABLE = "42P01";

  private static final String HIDDEN =
      """
      SELECT t.name FROM unnest(?::text[]) WITH ORDINALITY AS t (name, place)
      WHERE to_regclass(t.name) IS NOT NULL AND row_security_active(to_regclass(t.name)::oid)
      ORDER BY t.place
      """;

  /**
   * The first two of what is compared are as the snapshot sees the catalog, the others as the
   * newest catalog has it: a COPY reads the file that the newest one names.
   */
  private static final String REPLACED =
      """
      SELECT t.name FROM unnest(?::text[], ?::text[], ?::text[]) AS t (name, schema, relation)
      LEFT JOIN (pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace)
        ON n.nspname = t.schema AND c.relname = t.relation
      WHERE (c.oid, c.relfilenode)
        IS DISTINCT FROM (to_regclass(t.name)::oid, pg_relation_filenode(to_regclass(t.name)))
      """;

  private final Connection connection;

  /**
   * @param connection a session of capture's role; for {@link #lock} inside the snapshot's
   *     transaction
   */
  public WholeTables(Connection connection) {
    this.connection = connection;
  }

  /**
   * Makes the session read every row or fail.
   *
   * @throws StopException when row security hides rows of a table from this role
   */
  public void refuseHidden(Collection<TableId> tables) throws SQLException {
    try (Statement setting = connection.createStatement()) {
      setting.execute("SET row_security = off");
    }
    List<String> hidden = ask(HIDDEN, names(tables));
    if (!hidden.isEmpty()) {
      throw hidden(String.join(", ", hidden));
    }
  }

  /**
   * Locks the tables until the transaction ends, against DROP, TRUNCATE and rewrites; readers and
   * writers go on. Waits as long as it takes.
   *
   * @throws TimeoutException when a table is not any more what the snapshot sees: to be begun anew
   *     with another snapshot
   * @throws StopException when a table does not exist, or rows of it are hidden
   */
  public void lock(Collection<TableId> tables) throws SQLException, TimeoutException {
    String all = tables.stream().map(t -> "ONLY " + t.sql()).collect(Collectors.joining(", "));
    try (Statement lock = connection.createStatement()) {
      lock.execute("LOCK TABLE " + all + " IN ACCESS SHARE MODE");
    } catch (SQLException e) {
      if (NO_SUCH_TABLE.equals(e.getSQLState())) {
        throw new StopException(
            "A table of the policy was dropped or renamed in hot while an epoch began. Correct the"
                + " policy or create the table, then run './archive provision hot' and './archive"
                + " capture --new-epoch'.",
            e);
      }
      throw e;
    }
    refuseHidden(tables);
    List<String> replaced =
        ask(
            REPLACED,
            names(tables),
            tables.stream().map(TableId::schema).toList(),
            tables.stream().map(TableId::name).toList());
    if (!replaced.isEmpty()) {
      throw new TimeoutException(
          "the snapshot does not see table "
              + String.join(", ", replaced)
              + " as it is: it was truncated, rewritten or made anew since; another one is taken");
    }
  }

  private static StopException hidden(String tables) {
    return new StopException(
        "Row security hides rows of table "
            + tables
            + " from capture's role in hot, so that a snapshot would lack them and the archive would"
            + " take them for gone. Run 'ALTER ROLE … BYPASSRLS' in hot for the role of"
            + " 'hot.capture.user', as a superuser, and start again.");
  }

  private List<String> ask(String query, List<?>... arrays) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < arrays.length; i++) {
        statement.setArray(i + 1, connection.createArrayOf("text", arrays[i].toArray()));
      }
      List<String> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
      return found;
    }
  }

  private static List<String> names(Collection<TableId> tables) {
    return tables.stream().map(TableId::sql).toList();
  }
}
