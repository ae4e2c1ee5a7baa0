package io.valmed.archive.databases.history;

import io.valmed.archive.runtime.jdbc.Query;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code arc.kpi_day}: the tables' sizes of each day, for good. */
public final class KpiTable {
  // What could not be measured this time stays as it was earlier that day.
  private static final String WRITE =
      """
      INSERT INTO arc.kpi_day AS k (prefix, day, table_name, measured_at,
        hot_rows, hot_bytes, hot_index_bytes, mirror_rows, mirror_bytes, cold_rows, cold_bytes, purged_rows)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (prefix, day, table_name) DO UPDATE SET measured_at = EXCLUDED.measured_at,
        hot_rows = coalesce(EXCLUDED.hot_rows, k.hot_rows), hot_bytes = coalesce(EXCLUDED.hot_bytes, k.hot_bytes),
        hot_index_bytes = coalesce(EXCLUDED.hot_index_bytes, k.hot_index_bytes),
        mirror_rows = coalesce(EXCLUDED.mirror_rows, k.mirror_rows), mirror_bytes = coalesce(EXCLUDED.mirror_bytes, k.mirror_bytes),
        cold_rows = coalesce(EXCLUDED.cold_rows, k.cold_rows), cold_bytes = coalesce(EXCLUDED.cold_bytes, k.cold_bytes),
        purged_rows = coalesce(EXCLUDED.purged_rows, k.purged_rows)
      """;
  private static final String READ =
      """
      SELECT day, table_name, measured_at, hot_rows, hot_bytes, hot_index_bytes, mirror_rows, mirror_bytes, cold_rows, cold_bytes, purged_rows
      FROM arc.kpi_day WHERE prefix = ? AND day >= ? ORDER BY day, table_name
      """;
  private static final int FIRST_SIZE = 4;
  private static final int SIZES = 8;

  private final Connection archive;
  private final String prefix;

  /**
   * @param archive open; never closed here
   * @param prefix the installation whose tables are meant
   */
  public KpiTable(Connection archive, String prefix) {
    this.archive = archive;
    this.prefix = prefix;
  }

  /** Writes the days' sizes over those that were written earlier in these days. */
  public void write(List<TableDay> days) throws SQLException {
    try (PreparedStatement write = archive.prepareStatement(WRITE)) {
      for (TableDay day : days) {
        write.setString(1, prefix);
        write.setObject(2, day.day());
        write.setString(3, day.table());
        write.setObject(4, day.measuredAt().atOffset(ZoneOffset.UTC));
        int column = 5;
        for (@Nullable Long size : day.sizes()) {
          write.setObject(column++, size, Types.BIGINT);
        }
        write.addBatch();
      }
      int[] unused = write.executeBatch();
    }
  }

  /** All days since then, oldest first. */
  public List<TableDay> read(LocalDate since) throws SQLException {
    return new Query(archive).rows(KpiTable::day, READ, prefix, since);
  }

  private static TableDay day(ResultSet row) throws SQLException {
    List<@Nullable Long> sizes = new ArrayList<>();
    while (sizes.size() < SIZES) {
      long size = row.getLong(FIRST_SIZE + sizes.size());
      sizes.add(row.wasNull() ? null : size);
    }
    return new TableDay(
        row.getObject(1, LocalDate.class),
        row.getString(2),
        row.getTimestamp(3).toInstant(),
        sizes.get(0),
        sizes.get(1),
        sizes.get(2),
        sizes.get(3),
        sizes.get(4),
        sizes.get(5),
        sizes.get(6),
        sizes.get(7));
  }
}
