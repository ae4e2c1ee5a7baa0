package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.runtime.jdbc.CopyText;
import io.valmed.archive.sink.read.Received;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sends images of one version by COPY, each followed by its evidence. */
public final class RowCopy {
  /** The product's columns behind an image's own, in the order they are sent. */
  public static final List<String> EVIDENCE =
      List.of(
          "arc_version", "arc_epoch", "arc_lsn", "arc_txid", "arc_committed_at", "arc_archived_at");

  private static final DateTimeFormatter TIMESTAMPTZ =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSX").withZone(ZoneOffset.UTC);

  private final Connection connection;
  private @Nullable Evidence last;
  private String lsn = "";
  private String txid = "";
  private String committedAt = "";

  public RowCopy(Connection connection) {
    this.connection = connection;
  }

  /** The columns of {@link #send} as SQL text. */
  public static String columns(TableSchema schema, String... more) {
    List<String> names = new ArrayList<>(schema.columnNames());
    names.addAll(EVIDENCE);
    names.addAll(List.of(more));
    return Sql.identifiers(names);
  }

  /** The same of the row that has that alias. */
  public static String columnsOf(String alias, TableSchema schema, String... more) {
    return Stream.of(schema.columnNames(), EVIDENCE, List.of(more))
        .flatMap(List::stream)
        .map(column -> alias + "." + Sql.identifier(column))
        .collect(Collectors.joining(", "));
  }

  /** The columns of {@link #sendKeys} as SQL text. */
  public static String keyColumns(TableSchema schema) {
    return Sql.identifiers(schema.key()) + ", arc_epoch, arc_lsn";
  }

  /** Sends the rows' keys, each with the place of its change; the rows are as for {@link #send}. */
  public void sendKeys(String into, List<Received> rows) throws SQLException {
    TableSchema schema = rows.get(0).schema();
    int[] key = schema.keyIndexes();
    try (CopyText out =
        new CopyText(connection, "COPY " + into + " (" + keyColumns(schema) + ") FROM STDIN")) {
      for (Received row : rows) {
        for (int column : key) {
          out.value(row.image().get(column));
        }
        Evidence evidence = row.change().evidence();
        out.value(String.valueOf(evidence.epoch()));
        out.value(evidence.lsnText());
        out.endRow();
      }
      out.end();
    }
  }

  /**
   * Sends the rows, each with its cause, into a stage.
   *
   * @param rows records of one version, not empty
   * @param archivedAt the transaction's time as text
   */
  public void sendToStage(String into, List<Received> rows, String archivedAt) throws SQLException {
    send(into, rows, archivedAt, true, List.of());
  }

  /**
   * Sends the rows into the mirror.
   *
   * @param without columns that these rows do not have: a default of the mirror's is not for them
   */
  public void sendToMirror(List<Received> rows, String archivedAt, List<String> without)
      throws SQLException {
    send(rows.get(0).schema().table().sql(), rows, archivedAt, false, without);
  }

  private void send(
      String into, List<Received> rows, String archivedAt, boolean causes, List<String> without)
      throws SQLException {
    TableSchema schema = rows.get(0).schema();
    String columns =
        causes ? columns(schema, "arc_cause") : columns(schema, without.toArray(String[]::new));
    String version = String.valueOf(schema.version());
    try (CopyText out =
        new CopyText(connection, "COPY " + into + " (" + columns + ") FROM STDIN")) {
      for (Received row : rows) {
        RowImage image = row.image();
        for (int i = 0; i < image.size(); i++) {
          out.value(image.get(i));
        }
        out.value(version);
        evidence(out, row.change());
        out.value(archivedAt);
        if (causes) {
          DepartureCause cause = row.change().cause();
          out.value(cause == null ? null : cause.word());
        }
        for (int i = 0; i < without.size(); i++) {
          out.value(null);
        }
        out.endRow();
      }
      out.end();
    }
  }

  private void evidence(CopyText out, Change change) throws SQLException {
    Evidence evidence = change.evidence();
    Evidence before = last;
    if (before == null || before.lsn() != evidence.lsn()) {
      lsn = evidence.lsnText();
    }
    if (before == null || before.txid() != evidence.txid()) {
      txid = String.valueOf(evidence.txid());
    }
    if (before == null || before.committedAtMicros() != evidence.committedAtMicros()) {
      committedAt =
          TIMESTAMPTZ.format(Instant.EPOCH.plus(evidence.committedAtMicros(), ChronoUnit.MICROS));
    }
    last = evidence;
    out.value(String.valueOf(evidence.epoch()));
    out.value(lsn);
    out.value(evidence.txid() == 0 ? null : txid);
    // Nobody saw when a row left that was found missing or replaced.
    boolean seen =
        change.cause() != DepartureCause.UNSEEN && change.cause() != DepartureCause.SUPERSEDED;
    out.value(seen ? committedAt : null);
  }
}
