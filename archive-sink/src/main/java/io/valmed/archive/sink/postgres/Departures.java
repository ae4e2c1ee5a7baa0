package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.Policy;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.sink.Batch;
import io.valmed.archive.sink.Received;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts departures into the cold store and takes their keys out of the mirror. A row that is already
 * in the cold store is never touched.
 */
final class Departures {
  /** Types that are equal only when their text is. For any other the text is compared as well. */
  private static final Set<String> EQUAL_AS_TEXT =
      Set.of(
          "uuid",
          "text",
          "character varying",
          "smallint",
          "integer",
          "bigint",
          "boolean",
          "bytea",
          "date",
          "timestamp without time zone",
          "timestamp with time zone");

  private final Connection connection;
  private final RowCopy copy;
  private final ColdPartitions partitions;
  private final Map<String, PolicyTable> policy;
  private final ZoneId ageZone;

  Departures(Connection connection, RowCopy copy, ColdPartitions partitions, Policy policy) {
    this.connection = connection;
    this.copy = copy;
    this.partitions = partitions;
    this.policy =
        policy.tables().stream()
            .collect(Collectors.toMap(t -> t.table().sql(), Function.identity()));
    this.ageZone = policy.ageZone();
  }

  /** A row has been refused: relies on nothing that was true before. */
  void distrust() {
    partitions.forget();
  }

  /** Makes what the batch's cold stores will need soon; outside the merge transaction. */
  void prepare(Batch batch) throws SQLException {
    partitions.ensureAhead(batch);
  }

  /** Archives departures of one version. */
  void archive(List<Received> departures, Stage stage, String archivedAt) throws SQLException {
    TableSchema schema = departures.get(0).schema();
    stage.fill(connection, copy, departures, archivedAt);
    String age = ArchiveAge.expression(schema, ageColumn(schema), ageZone, "s");
    try (Statement statement = connection.createStatement()) {
      if (ageColumn(schema) != null) {
        partitions.ensure(
            schema.table(),
            ColdPartitions.months(statement, "SELECT DISTINCT %s FROM %s s", age, stage.sql()));
      }
      statement.executeUpdate(insert(schema, stage, age));
      statement.executeUpdate(delete(schema, stage));
    }
  }

  private @Nullable String ageColumn(TableSchema schema) {
    PolicyTable table = policy.get(schema.table().sql());
    return table == null ? null : table.age();
  }

  private static String insert(TableSchema schema, Stage stage, String age) {
    String columns = RowCopy.columns(schema, "arc_cause");
    return """
        INSERT INTO %s (%s, arc_age)
        SELECT %s, %s FROM %s s
        ON CONFLICT DO NOTHING
        """
        .formatted(schema.table().cold().sql(), columns, columns, age, stage.sql());
  }

  private static String delete(TableSchema schema, Stage stage) {
    List<String> equal = new ArrayList<>();
    for (int column : schema.keyIndexes()) {
      ColumnSchema key = schema.columns().get(column);
      String name = Sql.identifier(key.name());
      equal.add("m." + name + " = s." + name);
      if (!EQUAL_AS_TEXT.contains(key.type())) {
        // The key 1.0 departs because it became 1.00: equal to the row that is there to stay.
        equal.add("m.%s::text = s.%s::text".formatted(name, name));
      }
    }
    return "DELETE FROM %s m USING %s s WHERE %s"
        .formatted(schema.table().sql(), stage.sql(), String.join(" AND ", equal));
  }
}
