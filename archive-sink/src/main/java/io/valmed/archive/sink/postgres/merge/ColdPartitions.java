package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.sink.apply.Batch;
import io.valmed.archive.sink.apply.TableFaultException;
import io.valmed.archive.sink.read.Received;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The monthly partitions of cold stores, made before rows come, outside the merge transaction. */
public final class ColdPartitions {
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final String ENSURE = "SELECT arc.ensure_partition(?, ?, ?)";

  private record Month(TableId table, @Nullable YearMonth month) {}

  private final Connection ddl;
  private final int monthsAhead;
  private final Set<TableId> dated;
  private final Set<Month> known = new HashSet<>();
  private final Map<TableId, YearMonth> newestMonth = new HashMap<>();

  /**
   * @param ddl a connection in auto-commit mode, not the one that merges
   * @param policy tells which tables have an age
   * @param monthsAhead how many partitions to make ahead
   */
  public ColdPartitions(Connection ddl, Policy policy, int monthsAhead) {
    this.ddl = ddl;
    this.monthsAhead = monthsAhead;
    this.dated =
        policy.tables().stream()
            .filter(t -> t.age() != null)
            .map(PolicyTable::table)
            .collect(Collectors.toSet());
  }

  /** Makes those of the months that are not there yet; null: the undated partition. */
  public void ensure(TableId table, Collection<@Nullable YearMonth> months) throws SQLException {
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

  /** Looks anew for every partition from now on: somebody may have taken one away. */
  public void forget() {
    known.clear();
    newestMonth.clear();
  }

  /**
   * Makes the partitions of the month in which hot committed the batch's last changes, and of some
   * months after it, for the tables whose cold stores are dated. Hot's clock decides, not ours.
   */
  public void ensureAhead(Batch batch) throws SQLException, TableFaultException {
    for (Map.Entry<TableId, List<Received>> entry : batch.tables().entrySet()) {
      List<Received> records = entry.getValue();
      long micros = records.get(records.size() - 1).change().evidence().committedAtMicros();
      YearMonth newest = month(micros);
      YearMonth known = newestMonth.get(entry.getKey());
      if (dated.contains(entry.getKey()) && (known == null || known.isBefore(newest))) {
        List<@Nullable YearMonth> months = new ArrayList<>();
        for (int i = 0; i <= monthsAhead; i++) {
          months.add(newest.plusMonths(i));
        }
        try {
          ensure(entry.getKey(), months);
        } catch (SQLException e) {
          throw TableFaultException.orItself(entry.getKey(), e);
        }
        newestMonth.put(entry.getKey(), newest);
      }
    }
  }

  private static YearMonth month(long epochMicros) {
    LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(epochMicros, MICROS_PER_DAY));
    return YearMonth.from(day);
  }

  /**
   * The months of the ages that a query yields.
   *
   * @param query with two places: for the age's expression and for what it is read from
   */
  public static List<@Nullable YearMonth> months(
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
