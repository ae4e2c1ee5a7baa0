package io.valmed.archive.databases.cold;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.keys.KeySql;
import io.valmed.archive.databases.keys.TableShape.KeyColumn;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.runtime.jdbc.TableFault;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a root table are settled and cold, as SQL. The policy's predicate names columns
 * without an alias, so the table has none; it runs with the root's own schema behind pg_catalog in
 * the search path, and in plain statements: a question mark in it is no parameter.
 */
public final class ColdRoots {
  private final RootTable root;
  private final RowAge rowAge;
  private final @Nullable String oldChildren;

  private ColdRoots(RootTable root, RowAge rowAge, @Nullable String oldChildren) {
    this.root = root;
    this.rowAge = rowAge;
    this.oldChildren = oldChildren;
  }

  public static ColdRoots of(Connection connection, RootTable root, ZoneId zone)
      throws SQLException, TableHeldException {
    return new ColdRoots(
        root,
        RowAge.of(connection, root.table(), root.age(), zone),
        OldChildren.condition(connection, root, zone));
  }

  /** The age column, qualified. */
  public String age() {
    return rowAge.column(Sql.identifier(root.table().name()));
  }

  /** Seconds since 1970 of a value of the age column's type, as SQL. */
  public String epochSeconds(String age) {
    return rowAge.epochSeconds(age);
  }

  /** Whether the ages of children count. */
  public boolean asksChildren() {
    return oldChildren != null;
  }

  /** No child is young; true where the root's age alone counts. */
  public String oldChildren() {
    return oldChildren == null ? "true" : oldChildren;
  }

  /** Settled, as the policy says it; a NULL counts as no. */
  public String settled() {
    return "(\n" + (root.settled() == null ? "true" : root.settled()) + "\n)";
  }

  /** Older than the policy's limit. */
  public String old() {
    return old(age());
  }

  /**
   * Older than the policy's limit by hot's clock; unknown and infinite ages never are. The cursor
   * is the only lower bound: an index scan would begin at {@code > '-infinity'} instead, and pass
   * all that has been purged and not vacuumed yet.
   */
  private String old(String age) {
    return rowAge.old(age, root.coldAfter());
  }

  /** Settled and cold. */
  public String condition() {
    return cold(old());
  }

  /**
   * The same for rows whose places are known: of an expression, unlike of the column itself, the
   * planner does not ask the index for its real least value.
   */
  public String conditionOfFew() {
    return cold(old("coalesce(" + age() + ", '-infinity')"));
  }

  private String cold(String old) {
    return settled() + " AND " + old + (asksChildren() ? " AND " + oldChildren() : "");
  }

  /** Behind the cursor, in the order of age and key. */
  public String after(ColdCursor cursor, String keyColumns, List<KeyColumn> key) {
    return after(
        Sql.literal(cursor.age()) + "::" + rowAge.type(),
        keyColumns,
        KeySql.list(
            key.size(), i -> Sql.literal(cursor.key().get(i)) + "::" + key.get(i).type(), "", ""));
  }

  /** The same for a statement that is prepared with {@link #parameters} first. */
  public String afterParameters(String keyColumns, int keySize) {
    return after("$1", keyColumns, KeySql.list(keySize, i -> "$" + (i + 2), "", ""));
  }

  private String after(String age, String keyColumns, String key) {
    return "%1$s >= %2$s AND (%1$s, %3$s) > (%2$s, %4$s)".formatted(age(), age, keyColumns, key);
  }

  /** The cursor's age and key. */
  public List<PlainPlans.Parameter> parameters(ColdCursor cursor, List<KeyColumn> key) {
    List<PlainPlans.Parameter> all = new ArrayList<>();
    all.add(new PlainPlans.Parameter(rowAge.type(), cursor.age()));
    for (int i = 0; i < key.size(); i++) {
      all.add(new PlainPlans.Parameter(key.get(i).type(), cursor.key().get(i)));
    }
    return all;
  }

  /** Reads a query that holds the predicate. */
  public interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  /**
   * Runs a query that holds the predicate.
   *
   * @throws TableHeldException when the predicate, or what it reads, fails
   */
  public void query(Connection connection, String sql, RowReader reader)
      throws SQLException, TableHeldException {
    query(connection, statement -> sql, reader);
  }

  /** The same with a statement that is planned once. */
  public void query(
      Connection connection,
      PlainPlans plans,
      String sql,
      List<PlainPlans.Parameter> parameters,
      RowReader reader)
      throws SQLException, TableHeldException {
    query(connection, statement -> plans.executing(statement, sql, parameters), reader);
  }

  private interface Preparation {
    String command(Statement statement) throws SQLException;
  }

  private void query(Connection connection, Preparation preparation, RowReader reader)
      throws SQLException, TableHeldException {
    String path = "SET LOCAL search_path = pg_catalog, " + Sql.identifier(root.table().schema());
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(path);
      try (ResultSet rows = statement.executeQuery(preparation.command(statement))) {
        while (rows.next()) {
          reader.read(rows);
        }
      }
      statement.execute("SET LOCAL search_path = pg_catalog");
    } catch (SQLException e) {
      @Nullable String state = e.getSQLState();
      if (state != null
          && List.of("0A", "21", "22", "2F", "39", "42", "P0").contains(state.substring(0, 2))) {
        throw TableHeldException.fault(
            root.table(),
            "cannot tell its cold rows by the policy's 'age' and 'settled' in "
                + DatabaseLogin.placeOf("hot", connection)
                + ": "
                + TableFault.words(e),
            e);
      }
      throw e;
    }
  }
}
