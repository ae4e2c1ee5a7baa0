package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.Operation;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.sink.Received;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Puts images into the mirror: by COPY straight into it where all their keys seem to be new (twice
 * as fast as by way of a stage), otherwise by COPY into the stage and a merge.
 */
final class MirrorMerge {
  private final Connection connection;
  private final RowCopy copy;
  private final Map<TableId, NewKeys> newKeys = new HashMap<>();

  MirrorMerge(Connection connection, RowCopy copy) {
    this.connection = connection;
    this.copy = copy;
  }

  /** Puts the images of one version, one per key, into their mirror. */
  void merge(List<Received> images, Stage stage, String archivedAt) throws SQLException {
    TableSchema schema = images.get(0).schema();
    NewKeys guess = newKeys.computeIfAbsent(schema.table(), t -> new NewKeys());
    if (guess.expectedIn(images)) {
      if (copiedDirectly(images, archivedAt)) {
        guess.confirmed();
        return;
      }
      guess.refuted();
    }
    stage.fill(connection, copy, images, archivedAt);
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(upsert(schema, stage));
    }
  }

  private boolean copiedDirectly(List<Received> images, String archivedAt) throws SQLException {
    TableSchema schema = images.get(0).schema();
    Savepoint before = connection.setSavepoint();
    try {
      copy.send(schema.table().sql(), images, archivedAt, false);
      connection.releaseSavepoint(before);
      return true;
    } catch (SQLException e) {
      if (FailureKind.ofSqlState(e.getSQLState()) != FailureKind.QUARANTINE) {
        throw e;
      }
      connection.rollback(before);
      return false;
    }
  }

  private static String upsert(TableSchema schema, Stage stage) {
    String columns = RowCopy.columns(schema);
    String assignments =
        Stream.concat(schema.columnNames().stream(), RowCopy.EVIDENCE.stream())
            .map(Sql::identifier)
            .map(c -> c + " = EXCLUDED." + c)
            .collect(Collectors.joining(", "));
    return """
        INSERT INTO %s AS m (%s)
        SELECT %s FROM %s
        ON CONFLICT (%s) DO UPDATE SET %s
        """
        .formatted(
            schema.table().sql(),
            columns,
            columns,
            stage.sql(),
            Sql.identifiers(schema.key()),
            assignments);
  }

  /**
   * The guess that a batch's keys are not in the mirror yet. A wrong one costs the rows copied
   * until the first key that is there, so after each the guess is not made for twice as many
   * batches.
   */
  private static final class NewKeys {
    private static final int LONGEST_PAUSE = 1024;
    private boolean everyBatchSoFar = true;
    private int pause;
    private int nextPause = 1;

    boolean expectedIn(List<Received> images) {
      if (pause > 0) {
        pause--;
        return false;
      }
      return everyBatchSoFar
          || images.stream().noneMatch(r -> r.change().operation() == Operation.UPDATE);
    }

    void confirmed() {
      nextPause = 1;
    }

    void refuted() {
      everyBatchSoFar = false;
      pause = nextPause;
      nextPause = Math.min(nextPause * 2, LONGEST_PAUSE);
    }
  }
}
