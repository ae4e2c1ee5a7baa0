package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The monthly partitions of cold stores, made before rows come, outside the merge transaction. */
final class ColdPartitions {
  private static final String ENSURE = "SELECT arc.ensure_partition(?, ?, ?)";

  private record Month(TableId table, @Nullable YearMonth month) {}

  private final Connection ddl;
  private final Set<Month> known = new HashSet<>();

  /**
   * @param ddl a connection in auto-commit mode, not the one that merges
   */
  ColdPartitions(Connection ddl) {
    this.ddl = ddl;
  }

  /** Makes those of the months that are not there yet; null: the undated partition. */
  void ensure(TableId table, Collection<@Nullable YearMonth> months) throws SQLException {
    for (YearMonth month : months) {
      Month wanted = new Month(table, month);
      if (known.contains(wanted)) {
        continue;
      }
      try (PreparedStatement statement = ddl.prepareStatement(ENSURE)) {
        statement.setString(1, table.schema());
        statement.setString(2, table.name());
        statement.setObject(3, month == null ? null : Date.valueOf(month.atDay(1)));
        statement.execute();
      }
      known.add(wanted);
    }
  }

  /** Makes the month's partition, the undated one and those of the next months. */
  void ensureAhead(TableId table, YearMonth month, int ahead) throws SQLException {
    List<@Nullable YearMonth> months = new ArrayList<>();
    months.add(null);
    for (int i = 0; i <= ahead; i++) {
      months.add(month.plusMonths(i));
    }
    ensure(table, months);
  }

  /**
   * The months of the ages that a query yields.
   *
   * @param query with two places: for the age's expression and for what it is read from
   */
  static List<@Nullable YearMonth> months(
      Statement statement, String query, String age, String from) throws SQLException {
    String month =
        "CASE WHEN isfinite(%1$s) THEN date_trunc('month', %1$s)::date END".formatted(age);
    List<@Nullable YearMonth> months = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(query.formatted(month, from))) {
      while (rows.next()) {
        LocalDate first = rows.getObject(1, LocalDate.class);
        months.add(first == null ? null : YearMonth.from(first));
      }
    }
    return months;
  }
}
