package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.runtime.StopException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * The SQL expression of {@code arc_age}: the age column in UTC without time zone; {@code -infinity}
 * where it is null, infinite, before 1900 or from 2200 on.
 */
final class ArchiveAge {
  /** The age of a row that has none. */
  static final String UNDATED = "'-infinity'::timestamp";

  private ArchiveAge() {}

  /**
   * The expression over one version's columns.
   *
   * @param schema the version
   * @param age the age column; null: the table has none
   * @param zone the zone in which an age without one is read
   * @param alias the row's alias in the query
   */
  static String expression(TableSchema schema, @Nullable String age, ZoneId zone, String alias) {
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
              "(%s::timestamp AT TIME ZONE %s) AT TIME ZONE 'UTC'".formatted(value, zone(zone));
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
  private static String zone(ZoneId zone) {
    return zone.normalized() instanceof ZoneOffset offset
        ? "make_interval(secs => " + offset.getTotalSeconds() + ")"
        : Sql.literal(zone.getId());
  }
}
