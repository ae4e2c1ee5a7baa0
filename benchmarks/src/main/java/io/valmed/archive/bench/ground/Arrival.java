package io.valmed.archive.bench.ground;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Waits until a load is visible in a target. It asks for the last transaction's rows by their keys,
 * which costs the server next to nothing, and counts all rows once they are there.
 */
public final class Arrival {
  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final long PAUSE_MILLIS = 10;

  private Arrival() {}

  /** Returns the moment at which the last row of the load was visible. */
  public static long of(Loaded loaded, Connection target, JavaProcess... on) throws Exception {
    return Moment.until(
        loaded.rows() + " rows to be visible",
        LIMIT,
        PAUSE_MILLIS,
        () -> {
          for (JavaProcess process : on) {
            process.check();
          }
          return there(target, Site.ORDERS.sql(), loaded.lastOrders())
              && there(target, Site.ADMINISTRATIONS.sql(), loaded.lastAdministrations())
              && whole(target, loaded);
        });
  }

  /** Returns when the last transaction's rows are visible, whatever else is in the target. */
  public static void ofLast(Loaded loaded, Connection target, JavaProcess on) throws Exception {
    Moment.until(
        "the last rows of a load to be visible",
        LIMIT,
        PAUSE_MILLIS,
        () -> {
          on.check();
          return there(target, Site.ORDERS.sql(), loaded.lastOrders())
              && there(target, Site.ADMINISTRATIONS.sql(), loaded.lastAdministrations());
        });
  }

  private static boolean there(Connection target, String table, List<UUID> ids)
      throws SQLException {
    try (PreparedStatement query =
        target.prepareStatement("SELECT count(*) FROM " + table + " WHERE id = ANY (?)")) {
      query.setArray(1, target.createArrayOf("uuid", ids.toArray()));
      try (ResultSet row = query.executeQuery()) {
        return row.next() && row.getLong(1) == ids.size();
      }
    }
  }

  private static boolean whole(Connection target, Loaded loaded) throws SQLException {
    return count(target, Site.ORDERS.sql()) == loaded.orders()
        && count(target, Site.ADMINISTRATIONS.sql()) == loaded.administrations();
  }

  private static long count(Connection target, String table) throws SQLException {
    return Answers.number(target, "SELECT count(*) FROM " + table);
  }
}
