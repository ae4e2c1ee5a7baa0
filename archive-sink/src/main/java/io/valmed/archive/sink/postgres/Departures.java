package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.TableSchema;
import io.valmed.archive.sink.Batch;
import io.valmed.archive.sink.Received;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Puts departures into the cold store and takes their keys out of the mirror. A row that is already
 * in the cold store is never touched.
 */
final class Departures {
  private final Connection connection;
  private final RowCopy copy;
  private final ColdPartitions partitions;
  private final ArchiveAge ages;

  Departures(Connection connection, RowCopy copy, ColdPartitions partitions, ArchiveAge ages) {
    this.connection = connection;
    this.copy = copy;
    this.partitions = partitions;
    this.ages = ages;
  }

  /** A row has been refused: relies on nothing that was true before. */
  void distrust() {
    partitions.forget();
  }

  /** Makes what the batch's cold stores will need soon; outside the merge transaction. */
  void prepare(Batch batch) throws SQLException {
    partitions.ensureAhead(batch);
  }

  /**
   * Archives departures of one version.
   *
   * @param fromMirror whether to take their keys out of the mirror
   */
  void archive(List<Received> departures, Stage stage, String archivedAt, boolean fromMirror)
      throws SQLException {
    TableSchema schema = departures.get(0).schema();
    stage.fill(connection, copy, departures, archivedAt);
    String age = ages.expression(schema, "s");
    try (Statement statement = connection.createStatement()) {
      if (ages.dated(schema.table())) {
        partitions.ensure(
            schema.table(),
            ColdPartitions.months(statement, "SELECT DISTINCT %s FROM %s s", age, stage.sql()));
      }
      statement.executeUpdate(insert(schema, stage, age));
      if (fromMirror) {
        statement.executeUpdate(delete(schema, stage));
      }
    }
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
    return "DELETE FROM %s m USING %s s WHERE %s"
        .formatted(schema.table().sql(), stage.sql(), KeyMatch.sql(schema, "m", "s"));
  }
}
