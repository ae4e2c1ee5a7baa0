package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.Policy;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.runtime.StopException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/**
 * The SQL expression of {@code arc_age}: the age column in UTC without time zone; {@code -infinity}
 * where it is null, infinite, before 1900 or from 2200 on.
 */
final class ArchiveAge {
  /** The age of a row that has none. */
  static final String UNDATED = "'-infinity'::timestamp";

  private final Map<TableId, String> columns = new HashMap<>();
  private final ZoneId zone;

  /** The policy tells the age columns, and the zone in which an age without one is read. */
  ArchiveAge(Policy policy) {
    this.zone = policy.ageZone();
    for (PolicyTable table : policy.tables()) {
      if (table.age() != null) {
        columns.put(table.table(), table.age());
      }
    }
  }

  /** Whether the policy names an age column of the table. */
  boolean dated(TableId table) {
    return columns.containsKey(table);
  }

  /**
   * The expression over one version's columns.
   *
   * @param schema the version
   * @param alias the row's alias in the query
   */
  String expression(TableSchema schema, String alias) {
    String age = columns.get(schema.table());
    int column = age == null ? -1 : schema.indexOf(age);
    if (column < 0) {
      return UNDATED;
    }
    ColumnSchema typed = schema.columns().get(column);
    String value = alias + "." + Sql.identifier(typed.name());
    String utc =
        switch (typed.type()) {
          case "timestamp with time zone" -> value + " AT TIME ZONE 'UTC'";
          case "timestamp without time zone", "date" ->
              "(%s::timestamp AT TIME ZONE %s) AT TIME ZONE 'UTC'".formatted(value, zone());
          default ->
              throw new StopException(
                  "The age column "
                      + age
                      + " of "
                      + schema.table()
                      + " is "
                      + typed.hotType()
                      + "; an age is a date, a timestamp or a timestamptz. Correct the policy.");
        };
    // The outer comparison keeps values away that would overflow on the way to UTC.
    return """
        coalesce((SELECT u FROM (SELECT CASE WHEN %1$s >= '1899-12-01' AND %1$s < '2200-02-01' THEN %2$s END) t(u)
                  WHERE u >= '1900-01-01' AND u < '2200-01-01'), %3$s)"""
        .formatted(value, utc, UNDATED);
  }

  /** PostgreSQL reads the sign of an offset's name the other way round; an interval is plain. */
  private String zone() {
    return zone.normalized() instanceof ZoneOffset offset
        ? "make_interval(secs => " + offset.getTotalSeconds() + ")"
        : Sql.literal(zone.getId());
  }
}
