package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.policy.AgeZone;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.PolicyTable;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The SQL expression of {@code arc_age}: the age column in UTC without time zone; {@code -infinity}
 * where it is null, infinite, before 1900 or from 2200 on.
 */
public final class ArchiveAge {
  /** The age of a row that has none. */
  public static final String UNDATED = "'-infinity'::timestamp";

  private static final String ZONED = "timestamp with time zone";
  private static final String TEXT = "text";
  private static final Set<String> AGES = Set.of(ZONED, "timestamp without time zone", "date");
  private static final String ENDS_WITH_OFFSET =
      ":[0-9]{2}([.][0-9]+)?[+-][0-9]{2}(:[0-9]{2}){0,2}( BC)?$";

  private final Map<TableId, String> columns = new HashMap<>();
  private final ZoneId zone;

  /** The policy tells the age columns, and the zone in which an age without one is read. */
  public ArchiveAge(Policy policy) {
    this.zone = policy.ageZone();
    for (PolicyTable table : policy.tables()) {
      if (table.age() != null) {
        columns.put(table.table(), table.age());
      }
    }
  }

  /** Whether the policy names an age column of the table. */
  public boolean dated(TableId table) {
    return columns.containsKey(table);
  }

  /**
   * Sees that the version's age column can be one.
   *
   * @throws io.valmed.archive.sink.apply.IncompatibleTableException when it cannot
   */
  public void check(TableSchema version) {
    ColumnSchema age = column(version);
    if (age != null && !AGES.contains(age.type())) {
      throw TableChange.notAnAge(version, age);
    }
  }

  /**
   * The expression over one version's columns, or over all columns that a mirror has. The archive's
   * column may have become text: it is read as what the version says, or by its form.
   *
   * @param schema the columns
   * @param alias the row's alias in the query
   */
  public String expression(TableSchema schema, String alias) {
    ColumnSchema age = column(schema);
    if (age == null) {
      return UNDATED;
    }
    String column = alias + "." + Sql.identifier(age.name());
    return switch (age.type()) {
      case ZONED -> inRange("(%s)::timestamptz".formatted(column), "%s AT TIME ZONE 'UTC'");
      case TEXT ->
          "CASE WHEN %1$s ~ '%2$s' THEN %3$s WHEN pg_input_is_valid(%1$s, 'timestamp') THEN %4$s ELSE %5$s END"
              .formatted(
                  column,
                  ENDS_WITH_OFFSET,
                  inRange("(%s)::timestamptz".formatted(column), "%s AT TIME ZONE 'UTC'"),
                  inRange("(%s)::timestamp".formatted(column), inAgeZone()),
                  UNDATED);
      default -> inRange("(%s)::%s".formatted(column, age.type()), inAgeZone());
    };
  }

  private @Nullable ColumnSchema column(TableSchema schema) {
    String age = columns.get(schema.table());
    int column = age == null ? -1 : schema.indexOf(age);
    return column < 0 ? null : schema.columns().get(column);
  }

  /** The outer comparison keeps values away that would overflow on the way to UTC. */
  private static String inRange(String value, String toUtc) {
    return """
        coalesce((SELECT u FROM (SELECT CASE WHEN %1$s >= '1899-12-01' AND %1$s < '2200-02-01' THEN %2$s END) t(u)
                  WHERE u >= '1900-01-01' AND u < '2200-01-01'), %3$s)"""
        .formatted(value, toUtc.formatted(value), UNDATED);
  }

  private String inAgeZone() {
    return "(%s::timestamp AT TIME ZONE " + AgeZone.sql(zone) + ") AT TIME ZONE 'UTC'";
  }
}
