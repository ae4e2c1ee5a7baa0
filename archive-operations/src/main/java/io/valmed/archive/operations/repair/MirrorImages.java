package io.valmed.archive.operations.repair;

import io.valmed.archive.databases.hot.PrimaryKey;
import io.valmed.archive.databases.hot.PrimaryKeys;
import io.valmed.archive.databases.witness.MissingRows;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.AgeZone;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.jdbc.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mirror's rows under keys that a journal page names and no departure has. They are passed on
 * as JSON text, never as values of their own.
 */
final class MirrorImages {
  private static final String READ =
      """
      SELECT to_jsonb(r.key)::text, m.arc_epoch, m.arc_lsn::text, (%s)::text
      FROM (SELECT r.key FROM %s) AS r JOIN %s AS m ON %s
      """;
  private static final String IN_HOT =
      "SELECT k.item::text FROM jsonb_array_elements(?::jsonb) AS k (item) WHERE EXISTS (SELECT FROM %s AS t WHERE %s)";
  private static final String COLUMN_TYPE =
      """
      SELECT format_type(atttypid, NULL) FROM pg_attribute
      WHERE attrelid = to_regclass(?) AND attname = ? AND NOT attisdropped
      """;
  private static final String REPAIR = "SELECT arc.repair_departures(?, ?, ?, ?::jsonb)";
  private static final String UNDATED = "'-infinity'::timestamp";

  private final Connection hot;
  private final Connection archive;
  private final Policy policy;

  MirrorImages(Connection hot, Connection archive, Policy policy) {
    this.hot = hot;
    this.archive = archive;
    this.policy = policy;
  }

  /**
   * An image as it was read.
   *
   * @param key the key's texts as a JSON array
   * @param epoch its epoch
   * @param lsn its place in hot's history
   * @param age what the cold store is partitioned by
   */
  record Image(String key, int epoch, String lsn, String age) {
    String json() {
      return "{\"key\":%s,\"epoch\":%d,\"lsn\":\"%s\",\"age\":\"%s\"}"
          .formatted(key, epoch, lsn, age);
    }
  }

  /** Those of a page's rows that are missing in the cold store. */
  List<Image> read(long page, TableId table, MissingRows missing) throws SQLException {
    String key = MissingRows.keyOf(archive, table, "m");
    if (key.isEmpty()) {
      return List.of();
    }
    String sql = READ.formatted(age(table), missing.from(table), table.sql(), key);
    List<Image> images = new ArrayList<>();
    try (PreparedStatement query = archive.prepareStatement(sql)) {
      query.setLong(1, page);
      query.setString(2, table.toString());
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          images.add(
              new Image(row.getString(1), row.getInt(2), row.getString(3), row.getString(4)));
        }
      }
    }
    return images;
  }

  /** Which of these keys (JSON arrays) hot has rows under, whatever their content. */
  List<String> inHot(TableId table, List<String> keys) throws SQLException {
    List<String> match = new ArrayList<>();
    for (PrimaryKey.Column column : PrimaryKeys.of(hot, table).columns()) {
      match.add(
          "t.%s = (k.item ->> %d)::%s"
              .formatted(Sql.identifier(column.name()), match.size(), column.type()));
    }
    if (match.isEmpty()) {
      throw new SQLException(
          "table " + table + " has no primary key in hot", SqlState.UNDEFINED_TABLE);
    }
    List<String> there = new ArrayList<>();
    try (PreparedStatement query =
        hot.prepareStatement(IN_HOT.formatted(table.sql(), String.join(" AND ", match)))) {
      query.setString(1, "[" + String.join(",", keys) + "]");
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          there.add(row.getString(1));
        }
      }
    }
    return there;
  }

  /**
   * Moves images that have not changed since they were read, and have the proven digest, to the
   * cold store.
   */
  long repair(long page, TableId table, List<Image> images) throws SQLException {
    try (PreparedStatement call = archive.prepareStatement(REPAIR)) {
      call.setLong(1, page);
      call.setString(2, table.schema());
      call.setString(3, table.name());
      call.setString(4, "[" + String.join(",", images.stream().map(Image::json).toList()) + "]");
      try (ResultSet row = call.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** The age column in UTC, as the sink reads it. */
  private String age(TableId table) throws SQLException {
    @Nullable String age = policy.find(table).map(PolicyTable::age).orElse(null);
    String type = age == null ? "" : type(table, age);
    String column = age == null ? "" : "m." + Sql.identifier(age);
    String utc =
        switch (type) {
          case "timestamp with time zone" -> column + " AT TIME ZONE 'UTC'";
          case "timestamp without time zone", "date" ->
              "(%s::timestamp AT TIME ZONE %s) AT TIME ZONE 'UTC'"
                  .formatted(column, AgeZone.sql(policy.ageZone()));
          default -> UNDATED;
        };
    return type.isEmpty()
        ? UNDATED
        : """
          coalesce((SELECT u FROM (SELECT CASE WHEN %1$s >= '1899-12-01' AND %1$s < '2200-02-01' THEN %2$s END) t(u)
            WHERE u >= '1900-01-01' AND u < '2200-01-01'), %3$s)"""
            .formatted(column, utc, UNDATED);
  }

  private String type(TableId table, String column) throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(COLUMN_TYPE)) {
      query.setString(1, table.sql());
      query.setString(2, column);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getString(1) : "";
      }
    }
  }
}
