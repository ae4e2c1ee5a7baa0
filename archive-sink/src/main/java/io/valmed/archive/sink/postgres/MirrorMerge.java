package io.valmed.archive.sink.postgres;

import io.valmed.archive.model.Operation;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.sink.Fold;
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
 * as fast as by way of a stage), otherwise by COPY into the stage and a merge. Before anything is
 * merged over, what stands under a key that is created anew is moved aside.
 */
final class MirrorMerge {
  private final Connection connection;
  private final RowCopy copy;
  private final ReusedKeys reusedKeys;
  private final Map<TableId, NewKeys> newKeys = new HashMap<>();

  MirrorMerge(Connection connection, RowCopy copy, ReusedKeys reusedKeys) {
    this.connection = connection;
    this.copy = copy;
    this.reusedKeys = reusedKeys;
  }

  /** Puts the images, one per key, into their mirror; the table's departures have been applied. */
  void merge(Fold fold, Stages stages, String archivedAt) throws SQLException {
    boolean movedAside = fold.createdAndStaying().isEmpty();
    for (List<Received> images : Fold.byVersion(fold.images())) {
      TableSchema schema = images.get(0).schema();
      if (allNew(images, archivedAt)) {
        continue;
      }
      if (!movedAside) {
        reusedKeys.moveAside(fold.createdAndStaying(), stages);
        movedAside = true;
      }
      Stage stage = stages.of(schema).images();
      stage.fill(connection, copy, images, archivedAt);
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate(upsert(schema, stage));
      }
    }
  }

  /** Whether no key stood there, and the images do now. */
  private boolean allNew(List<Received> images, String archivedAt) throws SQLException {
    TableId table = images.get(0).schema().table();
    NewKeys guess = newKeys.computeIfAbsent(table, t -> new NewKeys());
    if (!guess.expectedIn(images)) {
      return false;
    }
    if (copiedDirectly(images, archivedAt)) {
      guess.confirmed();
      return true;
    }
    guess.refuted();
    return false;
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
