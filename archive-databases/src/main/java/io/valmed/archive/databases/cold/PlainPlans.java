package io.valmed.archive.databases.cold;

import io.valmed.archive.databases.keys.KeySql;
import io.valmed.archive.model.Sql;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Statements that one session has prepared in plain SQL, where a question mark is no parameter and
 * the parameters are called {@code $1, $2, …}. What is planned anew for each page looks, each time,
 * past all that the pages before it have left at the old end of the index. What the policy says is
 * read when a statement is prepared (a label of an enum, {@code 'today'}), so none is kept for
 * long, and what one of them has found must be asked once more in a statement that is not.
 */
public final class PlainPlans {
  private static final long KEPT_NANOS = Duration.ofMinutes(1).toNanos();

  private final Map<String, Plan> plans = new HashMap<>();
  private long number;

  private record Plan(String name, long since) {}

  /** A parameter's type and its value in text form. */
  public record Parameter(String type, String value) {}

  /** The command that executes the statement, which is prepared if it has not been lately. */
  String executing(Statement session, String sql, List<Parameter> parameters) throws SQLException {
    String text =
        KeySql.list(parameters.size(), i -> parameters.get(i).type(), "(", ")") + " AS " + sql;
    @Nullable Plan plan = plans.get(text);
    if (plan != null && System.nanoTime() - plan.since() > KEPT_NANOS) {
      plans.remove(text);
      session.execute("DEALLOCATE " + plan.name());
      plan = null;
    }
    if (plan == null) {
      plan = new Plan("arc_" + number++, System.nanoTime());
      session.execute("PREPARE " + plan.name() + text);
      plans.put(text, plan);
    }
    return KeySql.list(
        parameters.size(),
        i -> Sql.literal(parameters.get(i).value()),
        "EXECUTE " + plan.name() + "(",
        ")");
  }
}
