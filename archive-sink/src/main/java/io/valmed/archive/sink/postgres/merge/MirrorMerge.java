package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.runtime.FailureKind;
import io.valmed.archive.sink.apply.Fold;
import io.valmed.archive.sink.read.Received;
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
public final class MirrorMerge {
  /** Nothing but rows of the image's own epoch is expected, so nothing is lost. */
  private static final String OF_ITS_EPOCH = "m.arc_epoch = EXCLUDED.arc_epoch";

  /** An image that is read again long after it was made leaves rows of newer epochs alone. */
  private static final String OF_NO_NEWER_EPOCH = "m.arc_epoch <= EXCLUDED.arc_epoch";

  private final Connection connection;
  private final RowCopy copy;
  private final ReusedKeys reusedKeys;
  private final SupersededRows superseded;
  private final Map<TableId, NewKeys> newKeys = new HashMap<>();

  public MirrorMerge(
      Connection connection, RowCopy copy, ReusedKeys reusedKeys, SupersededRows superseded) {
    this.connection = connection;
    this.copy = copy;
    this.reusedKeys = reusedKeys;
    this.superseded = superseded;
  }

  /** Puts the images, one per key, into their mirror; the fold's departures have been applied. */
  public void merge(Fold fold, Stages.Three of, String archivedAt) throws SQLException {
    List<Received> images = fold.images();
    if (images.isEmpty()) {
      return;
    }
    if (allNew(images, of.earlier(), archivedAt)) {
      return;
    }
    reusedKeys.moveAside(fold.createdAndStaying(), of.keys());
    boolean compared = meetsOlderRows(fold, of.earlier());
    if (compared) {
      superseded.moveAside(fold.metAndStaying(), of.images(), of.earlier(), archivedAt);
    }
    int merged = upsert(images, of, archivedAt, compared ? OF_NO_NEWER_EPOCH : OF_ITS_EPOCH);
    if (!compared && merged < images.size()) {
      superseded.moveAside(fold.metAndStaying(), of.images(), of.earlier(), archivedAt);
      upsert(images, of, archivedAt, OF_NO_NEWER_EPOCH);
    }
  }

  /** Whether older rows are likely: a snapshot meets them, what follows it hardly ever does. */
  private static boolean meetsOlderRows(Fold fold, EarlierColumns earlier) {
    return earlier.anyReturned()
        || fold.metAndStaying().stream().anyMatch(r -> r.change().operation() == Operation.READ);
  }

  /** Whether no key stood there, and the images do now. */
  private boolean allNew(List<Received> images, EarlierColumns earlier, String archivedAt)
      throws SQLException {
    TableId table = images.get(0).schema().table();
    NewKeys guess = newKeys.computeIfAbsent(table, t -> new NewKeys());
    if (!guess.expectedIn(images)) {
      return false;
    }
    if (copiedDirectly(images, earlier, archivedAt)) {
      guess.confirmed();
      return true;
    }
    guess.refuted();
    return false;
  }

  private boolean copiedDirectly(List<Received> images, EarlierColumns earlier, String archivedAt)
      throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      copy.sendToMirror(images, archivedAt, earlier.dropped());
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

  /** Returns how many of them stand in the mirror now. */
  private int upsert(List<Received> images, Stages.Three of, String archivedAt, String replaceable)
      throws SQLException {
    of.images().fill(connection, copy, images, archivedAt);
    TableSchema schema = images.get(0).schema();
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql(schema, of, replaceable));
    }
  }

  private static String sql(TableSchema schema, Stages.Three of, String replaceable) {
    String columns = RowCopy.columns(schema);
    List<String> dropped = of.earlier().dropped();
    String assignments =
        Stream.concat(schema.columnNames().stream(), RowCopy.EVIDENCE.stream())
            .map(Sql::identifier)
            .map(c -> c + " = EXCLUDED." + c)
            .collect(Collectors.joining(", "));
    return """
        INSERT INTO %s AS m (%s)
        SELECT %s%s FROM %s
        ON CONFLICT (%s) DO UPDATE SET %s WHERE %s
        """
        .formatted(
            schema.table().sql(),
            RowCopy.columns(schema, dropped.toArray(String[]::new)),
            columns,
            ", NULL".repeat(dropped.size()),
            of.images().sql(),
            Sql.identifiers(schema.key()),
            assignments,
            replaceable);
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
