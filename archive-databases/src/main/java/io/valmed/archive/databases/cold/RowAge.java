package io.valmed.archive.databases.cold;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.AgeZone;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;

/**
 * The column that says how old a row is.
 *
 * @param name its name
 * @param type its type as SQL text: {@code date}, or a timestamp with or without time zone
 * @param zone in which an age without a time zone is read
 */
public record RowAge(String name, String type, ZoneId zone) {
  private static final String TYPE =
      """
      SELECT format_type(atttypid, NULL) FROM pg_attribute
      WHERE attrelid = ?::regclass AND attname = ? AND attnum > 0 AND NOT attisdropped
      """;

  /**
   * Looks it up.
   *
   * @throws TableHeldException when there is no such column, or it tells no time
   */
  public static RowAge of(Connection connection, TableId table, String column, ZoneId zone)
      throws SQLException, TableHeldException {
    try (PreparedStatement query = connection.prepareStatement(TYPE)) {
      query.setString(1, table.sql());
      query.setString(2, column);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          throw TableHeldException.fault(table, "has no age column " + column);
        }
        String type = row.getString(1);
        if (!type.equals("date") && !type.startsWith("timestamp ")) {
          throw TableHeldException.fault(
              table, "has an age column that is neither date nor timestamp: " + type);
        }
        return new RowAge(column, type, zone);
      }
    }
  }

  /** The column of the table that the query calls so. */
  String column(String table) {
    return table + "." + Sql.identifier(name);
  }

  /**
   * Whether the age is further back than that by hot's clock; unknown and infinite ages are not.
   */
  String old(String age, Duration coldAfter) {
    String now =
        type.equals("timestamp with time zone")
            ? "now()"
            : "timezone(" + AgeZone.sql(zone) + ", now())";
    return "isfinite(%1$s) AND %1$s < %2$s - make_interval(secs => %3$d)"
        .formatted(age, now, coldAfter.toSeconds());
  }

  /** Seconds since 1970, as SQL. */
  String epochSeconds(String age) {
    String instant =
        type.equals("timestamp with time zone")
            ? age
            : "timezone(" + AgeZone.sql(zone) + ", (" + age + ")::timestamp)";
    return "extract(epoch FROM " + instant + ")::float8";
  }
}
