package io.valmed.archive.databases.cold;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.keys.KeySql;
import io.valmed.archive.databases.keys.TableShape.KeyColumn;
import io.valmed.archive.model.AgeZone;
import io.valmed.archive.model.RootTable;
import io.valmed.archive.model.Sql;
import io.valmed.archive.runtime.Failures;
import java.sql.Connection;
import java.sql.PreparedStatement;
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
  private static final String AGE_TYPE =
      """
      SELECT format_type(atttypid, NULL) FROM pg_attribute
      WHERE attrelid = ?::regclass AND attname = ? AND attnum > 0 AND NOT attisdropped
      """;

  private final RootTable root;
  private final String ageType;
  private final ZoneId zone;

  private ColdRoots(RootTable root, String ageType, ZoneId zone) {
    this.root = root;
    this.ageType = ageType;
    this.zone = zone;
  }

  public static ColdRoots of(Connection connection, RootTable root, ZoneId zone)
      throws SQLException, TableHeldException {
    try (PreparedStatement query = connection.prepareStatement(AGE_TYPE)) {
      query.setString(1, root.table().sql());
      query.setString(2, root.age());
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          throw TableHeldException.fault(root.table(), "has no age column " + root.age());
        }
        String type = row.getString(1);
        if (!type.equals("date") && !type.startsWith("timestamp ")) {
          throw TableHeldException.fault(
              root.table(), "has an age column that is neither date nor timestamp: " + type);
        }
        return new ColdRoots(root, type, zone);
      }
    }
  }

  /** The age column, qualified. */
  public String age() {
    return Sql.identifier(root.table().name()) + "." + Sql.identifier(root.age());
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
    String now =
        ageType.equals("timestamp with time zone")
            ? "now()"
            : "timezone(" + AgeZone.sql(zone) + ", now())";
    return "isfinite(%1$s) AND %1$s < %2$s - make_interval(secs => %3$d)"
        .formatted(age, now, root.coldAfter().toSeconds());
  }

  /** Settled and cold. */
  public String condition() {
    return settled() + " AND " + old();
  }

  /**
   * The same for rows whose places are known: of an expression, unlike of the column itself, the
   * planner does not ask the index for its real least value.
   */
  public String conditionOfFew() {
    return settled() + " AND " + old("coalesce(" + age() + ", '-infinity')");
  }

  /** Behind the cursor, in the order of age and key. */
  public String after(ColdCursor cursor, String keyColumns, List<KeyColumn> key) {
    return after(
        Sql.literal(cursor.age()) + "::" + ageType,
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
    all.add(new PlainPlans.Parameter(ageType, cursor.age()));
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
            "cannot tell its cold rows by the policy's 'age' and 'settled': "
                + Failures.sentence(e),
            e);
      }
      throw e;
    }
  }
}
