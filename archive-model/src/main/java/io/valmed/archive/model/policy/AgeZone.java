package io.valmed.archive.model.policy;

import io.valmed.archive.model.Sql;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The policy's {@code age-zone} in SQL. */
public final class AgeZone {
  private AgeZone() {}

  /**
   * What {@code AT TIME ZONE} takes for the zone. An offset becomes an interval: PostgreSQL reads
   * the sign of {@code '+02:00'} the other way round, as POSIX has it, and so rows of the last four
   * hours would count as old.
   */
  public static String sql(ZoneId zone) {
    return zone.normalized() instanceof ZoneOffset offset
        ? "make_interval(secs => " + offset.getTotalSeconds() + ")"
        : Sql.literal(zone.getId());
  }
}
