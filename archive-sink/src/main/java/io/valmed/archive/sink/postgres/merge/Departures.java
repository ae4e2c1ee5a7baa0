package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.sink.apply.Batch;
import io.valmed.archive.sink.apply.Fold;
import io.valmed.archive.sink.apply.TableFaultException;
import io.valmed.archive.sink.read.Received;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Puts departures into the cold store and takes their keys out of the mirror. A row that is already
 * in the cold store is never touched.
 */
public final class Departures {
  private final Connection connection;
  private final RowCopy copy;
  private final ColdPartitions partitions;
  private final ArchiveAge ages;
  private final RepairedRows repaired;

  public Departures(
      Connection connection, RowCopy copy, ColdPartitions partitions, ArchiveAge ages) {
    this.connection = connection;
    this.copy = copy;
    this.partitions = partitions;
    this.ages = ages;
    this.repaired = new RepairedRows(connection);
  }

  /** A row has been refused: relies on nothing that was true before. */
  public void distrust() {
    partitions.forget();
  }

  /** Makes what the batch's cold stores will need soon; outside the merge transaction. */
  public void prepare(Batch batch) throws SQLException, TableFaultException {
    partitions.ensureAhead(batch);
  }

  /**
   * Archives the departures, with the values that the mirror has in columns which hot has dropped.
   *
   * @param fromMirror whether to take their keys out of the mirror
   */
  public void archive(Fold fold, Stages.Three stages, String archivedAt, boolean fromMirror)
      throws SQLException {
    if (fold.departures().isEmpty()) {
      return;
    }
    if (stages.earlier().dropped().isEmpty() || !fromMirror) {
      archive(fold.departures(), List.of(), stages.departures(), archivedAt, fromMirror);
      return;
    }
    // Only a key's first departure is of the row that stands in the mirror, and takes it away.
    for (List<Received> round : fold.departuresInRounds()) {
      archive(round, stages.earlier().dropped(), stages.departures(), archivedAt, true);
    }
  }

  /** Archives the fold's past departures, and leaves the mirror alone. */
  public void archivePast(Fold fold, Stages.Three stages, String archivedAt) throws SQLException {
    if (!fold.past().isEmpty()) {
      archive(fold.past(), List.of(), stages.departures(), archivedAt, false);
    }
  }

  private void archive(
      List<Received> departures,
      List<String> dropped,
      Stage stage,
      String archivedAt,
      boolean fromMirror)
      throws SQLException {
    TableSchema schema = departures.get(0).schema();
    stage.fill(connection, copy, departures, archivedAt);
    repaired.leaveOut(schema, stage);
    String age = ages.expression(schema, "s");
    try (Statement statement = connection.createStatement()) {
      if (ages.dated(schema.table())) {
        partitions.ensure(
            schema.table(),
            ColdPartitions.months(statement, "SELECT DISTINCT %s FROM %s s", age, stage.sql()));
      }
      statement.executeUpdate(
          dropped.isEmpty() ? insert(schema, stage, age) : insert(schema, dropped, stage, age));
      if (fromMirror) {
        statement.executeUpdate(delete(schema, stage));
      }
    }
  }

  private static String insert(TableSchema schema, Stage stage, String age) {
    String columns = RowCopy.columns(schema, "arc_cause");
    return counted(
        schema,
        "INSERT INTO %s (%s, arc_age) SELECT %s, %s FROM %s s"
            .formatted(schema.table().cold().sql(), columns, columns, age, stage.sql()));
  }

  private static String insert(TableSchema schema, List<String> dropped, Stage stage, String age) {
    String insert =
        """
        INSERT INTO %1$s (%2$s, %3$s, arc_age)
        SELECT %4$s, %5$s, %6$s FROM %7$s s LEFT JOIN %8$s m ON %9$s
        """
            .formatted(
                schema.table().cold().sql(),
                RowCopy.columns(schema, "arc_cause"),
                Sql.identifiers(dropped),
                RowCopy.columnsOf("s", schema, "arc_cause"),
                dropped.stream()
                    .map(column -> "m." + Sql.identifier(column))
                    .collect(Collectors.joining(", ")),
                age,
                stage.sql(),
                schema.table().sql(),
                takes(schema));
    return counted(schema, insert);
  }

  /**
   * Tells the purge how many rows of each of its transactions have come, so that it finds a page
   * whose rows have not all come without looking for them one by one (ADR 0121).
   */
  private static String counted(TableSchema schema, String insert) {
    return """
        WITH kept AS (%s ON CONFLICT DO NOTHING RETURNING arc_cause, arc_epoch, arc_txid, arc_committed_at)
        INSERT INTO arc.purged_departure (table_name, epoch, txid, rows, committed_at)
        SELECT %s, arc_epoch, arc_txid, count(*), max(arc_committed_at) FROM kept
        WHERE arc_cause = 'purged' AND arc_txid IS NOT NULL GROUP BY arc_epoch, arc_txid
        """
        .formatted(insert, Sql.literal(schema.table().toString()));
  }

  private static String delete(TableSchema schema, Stage stage) {
    return "DELETE FROM %s m USING %s s WHERE %s"
        .formatted(schema.table().sql(), stage.sql(), takes(schema));
  }

  /** A departure that is read again long after it happened leaves rows of newer epochs alone. */
  private static String takes(TableSchema schema) {
    return KeyMatch.sql(schema, "m", "s") + " AND m.arc_epoch <= s.arc_epoch";
  }
}
