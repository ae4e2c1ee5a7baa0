package io.valmed.archive.purge.postgres;

import io.valmed.archive.model.Sql;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Statements that one session has prepared in plain SQL, where a question mark is no parameter and
 * the parameters are called {@code $1, $2, …}. They are planned once: what is planned anew for each
 * page looks, each time, past all that the pages before it have left at the old end of the index.
 */
final class PlainPlans {
  private final Map<String, String> names = new HashMap<>();

  /** A parameter's type and its value in text form. */
  record Parameter(String type, String value) {}

  /** The command that executes the statement, which is prepared if it has not been yet. */
  String executing(Statement session, String sql, List<Parameter> parameters) throws SQLException {
    String name = names.get(sql);
    if (name == null) {
      name = "arc_" + names.size();
      String types = KeySql.list(parameters.size(), i -> parameters.get(i).type(), "(", ")");
      session.execute("PREPARE " + name + types + " AS " + sql);
      names.put(sql, name);
    }
    return KeySql.list(
        parameters.size(),
        i -> Sql.literal(parameters.get(i).value()),
        "EXECUTE " + name + "(",
        ")");
  }
}
