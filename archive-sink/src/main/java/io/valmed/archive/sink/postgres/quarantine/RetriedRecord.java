package io.valmed.archive.sink.postgres.quarantine;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.sink.apply.Fold;
import io.valmed.archive.sink.postgres.BatchTransaction;
import io.valmed.archive.sink.postgres.merge.Departures;
import io.valmed.archive.sink.postgres.merge.KeyMatch;
import io.valmed.archive.sink.postgres.merge.MirrorMerge;
import io.valmed.archive.sink.postgres.merge.RowCopy;
import io.valmed.archive.sink.postgres.merge.Stage;
import io.valmed.archive.sink.postgres.merge.Stages;
import io.valmed.archive.sink.postgres.merge.SupersededRows;
import io.valmed.archive.sink.quarantine.RetryOutcome;
import io.valmed.archive.sink.quarantine.RetryOutcome.Kind;
import io.valmed.archive.sink.read.Received;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Applies a record of the quarantine by what stands in the archive: a departure is always kept in
 * the cold store; an image goes into the mirror only if nothing newer of its row is there. Where a
 * newer epoch has the key, the image may be of another row: it is kept in the cold store.
 */
public final class RetriedRecord {
  private static final String STANDING =
      """
      SELECT coalesce(bool_or(m.newer), false), coalesce(bool_or(m.newer AND m.was_read), false), coalesce(bool_or(m.newer_epoch), false)
      FROM (SELECT (m.arc_epoch, m.arc_lsn) >= (s.arc_epoch, s.arc_lsn) AS newer, m.arc_epoch > s.arc_epoch AS newer_epoch,
              m.arc_txid IS NULL AND m.arc_epoch = s.arc_epoch AND m.arc_lsn <> s.arc_lsn AS was_read
            FROM %s m, %s s WHERE %s) m
      """;
  private static final String LEFT_LATER =
      """
      SELECT coalesce(bool_or((c.arc_epoch, c.arc_lsn) > (s.arc_epoch, s.arc_lsn)), false), coalesce(bool_or(c.arc_epoch > s.arc_epoch), false)
      FROM %s c, %s s WHERE %s
      """;
  private static final String KEPT =
      """
      SELECT EXISTS (SELECT FROM %s a, %s s WHERE %s AND ROW(%s)::text = ROW(%s)::text)
      """;

  private record Row(boolean newer, boolean readSince, boolean newerEpoch) {}

  private record Left(boolean later, boolean newerEpoch) {}

  private final Connection connection;
  private final RowCopy copy;
  private final SupersededRows superseded;
  private final Departures departures;
  private final MirrorMerge mirror;

  public RetriedRecord(
      Connection connection,
      RowCopy copy,
      SupersededRows superseded,
      Departures departures,
      MirrorMerge mirror) {
    this.connection = connection;
    this.copy = copy;
    this.superseded = superseded;
    this.departures = departures;
    this.mirror = mirror;
  }

  /** Applies it, in the transaction that is open. */
  public RetryOutcome apply(Received record, Stages.Three of) throws SQLException {
    TableSchema schema = record.schema();
    of.keys().fillKeys(connection, copy, List.of(record));
    Row standing = standing(schema, of.keys());
    String now = BatchTransaction.now(connection);
    Fold fold = Fold.of(List.of(record), of.earlier().anyReturned());
    if (record.change().departure()) {
      superseded.moveAside(fold.metAndLeft(), of.departures(), of.earlier(), now);
      departures.archive(fold, of, now, !standing.newer());
      departures.archivePast(fold, of, now);
      return new RetryOutcome(Kind.APPLIED, "applied: the departure is in the cold store");
    }
    if (standing.readSince() && record.change().operation() != Operation.READ) {
      return RetryOutcome.stays(
          "the row was read by a snapshot that may be older or newer than this change; see with './archive verify' whether it is equal");
    }
    Left left = left(schema, of.keys());
    if (standing.newerEpoch() || left.newerEpoch()) {
      return keep(record, of, now);
    }
    if (standing.newer() || left.later()) {
      return new RetryOutcome(
          Kind.SUPERSEDED, "superseded: a newer change of the row had been applied");
    }
    mirror.merge(fold, of, now);
    return new RetryOutcome(Kind.APPLIED, "applied: the row is in the mirror");
  }

  /** Just behind the record's own place, where no other departure of the key can be. */
  private RetryOutcome keep(Received record, Stages.Three of, String now) throws SQLException {
    TableId table = record.schema().table();
    of.images().fill(connection, copy, List.of(record), now);
    if (!kept(table, record.schema(), of.images())
        && !kept(table.cold(), record.schema(), of.images())) {
      Evidence own = record.change().evidence();
      Evidence behind = new Evidence(own.epoch(), own.lsn() + 1, 0, 0);
      Change left =
          new Change(Operation.DELETE, behind, DepartureCause.SUPERSEDED, record.image(), null);
      Received departure = new Received(record.record(), record.schema(), left);
      departures.archive(Fold.of(List.of(departure), false), of, now, false);
    }
    return new RetryOutcome(
        Kind.SUPERSEDED,
        "superseded: a newer epoch has the row's key; the image is in the cold store, or in the mirror unchanged");
  }

  private boolean kept(TableId in, TableSchema schema, Stage stage) throws SQLException {
    return first(
        KEPT.formatted(
            in.sql(),
            stage.sql(),
            KeyMatch.sql(schema, "a", "s"),
            columns("a", schema),
            columns("s", schema)));
  }

  private static String columns(String alias, TableSchema schema) {
    return schema.columnNames().stream()
        .map(column -> alias + "." + Sql.identifier(column))
        .collect(Collectors.joining(", "));
  }

  private Row standing(TableSchema schema, Stage keys) throws SQLException {
    String sql =
        STANDING.formatted(schema.table().sql(), keys.sql(), KeyMatch.sql(schema, "m", "s"));
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return new Row(row.getBoolean(1), row.getBoolean(2), row.getBoolean(3));
    }
  }

  private Left left(TableSchema schema, Stage keys) throws SQLException {
    String sql =
        LEFT_LATER.formatted(
            schema.table().cold().sql(), keys.sql(), KeyMatch.sql(schema, "c", "s"));
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return new Left(row.getBoolean(1), row.getBoolean(2));
    }
  }

  private boolean first(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() && row.getBoolean(1);
    }
  }
}
