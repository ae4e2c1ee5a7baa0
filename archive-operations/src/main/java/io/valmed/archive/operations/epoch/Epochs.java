package io.valmed.archive.operations.epoch;

import io.valmed.archive.databases.schema.ReleaseSchema;
import io.valmed.archive.databases.schema.SchemaCheck;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.server.PrimaryHost;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The installation's epochs as its archive records them, and what people say about them. */
public final class Epochs {
  private static final String LIST =
      """
      SELECT r.epoch, r.schema_name, r.state, r.announced, r.applied, r.unseen, r.sentence, r.looked_at::text,
        (SELECT format('%s at %s: %s', c.confirmed_by, c.confirmed_at, c.reason) FROM arc.reconciliation_confirmation c
         WHERE (c.prefix, c.epoch, c.schema_name, c.table_name) = (r.prefix, r.epoch, r.schema_name, r.table_name) ORDER BY c.id DESC LIMIT 1), r.table_name
      FROM arc.reconciliation r WHERE r.prefix = ? ORDER BY r.epoch, r.schema_name, r.table_name
      """;
  private static final String CONFIRM =
      """
      INSERT INTO arc.reconciliation_confirmation (prefix, epoch, schema_name, table_name, unseen, applied, confirmed_by, reason)
      SELECT r.prefix, r.epoch, r.schema_name, r.table_name, ?, ?, ?, ? FROM arc.reconciliation r
      WHERE r.prefix = ? AND r.epoch = ? AND r.schema_name = ? AND r.table_name = ? AND r.state IN ('differs', 'asks')
      """;

  private final Settings settings;

  public Epochs(Settings settings) {
    this.settings = settings;
  }

  /** Every table's state with every epoch, oldest epoch first. */
  public List<TableReconciliation> list() throws SQLException {
    try (Connection archive = PrimaryHost.of(settings.archive().reader()).connect("archive epoch");
        PreparedStatement query = archive.prepareStatement(LIST)) {
      query.setString(1, settings.prefix());
      try (ResultSet row = query.executeQuery()) {
        List<TableReconciliation> tables = new ArrayList<>();
        while (row.next()) {
          tables.add(
              new TableReconciliation(
                  row.getInt(1),
                  new TableId(row.getString(2), row.getString(10)),
                  Objects.requireNonNull(row.getString(3)),
                  row.getObject(4, Long.class),
                  row.getObject(5, Long.class),
                  row.getObject(6, Long.class),
                  row.getString(7),
                  Objects.requireNonNull(row.getString(8)),
                  row.getString(9)));
        }
        return tables;
      }
    }
  }

  /**
   * What a person says of an epoch.
   *
   * @param table the table; null: every one that asks
   * @param epoch the epoch's number
   * @param by who says so
   * @param reason why
   * @param althoughCountsDiffer whether a snapshot that is not all there counts as it is
   */
  public record Statement(
      @Nullable String table, int epoch, String by, String reason, boolean althoughCountsDiffer) {}

  /**
   * What came of it.
   *
   * @param recorded whether the sink acts on it
   * @param sentence what was recorded, or why nothing was
   */
  public record Answer(boolean recorded, String sentence) {}

  /**
   * Records that rows which the epoch did not show really left hot: as many as the sink has
   * counted, and no more. The sink acts on it by itself.
   */
  public List<Answer> confirm(Statement statement) throws SQLException {
    List<Answer> answers = new ArrayList<>();
    for (TableReconciliation one : list()) {
      if (one.epoch() == statement.epoch()
          && (statement.table() == null
              ? one.waits()
              : one.table().toString().equals(statement.table()))) {
        answers.add(confirm(statement, one));
      }
    }
    if (answers.isEmpty()) {
      String what = statement.table() == null ? "no table" : "table " + statement.table();
      answers.add(
          new Answer(
              false,
              "%s waits with epoch %d; see './archive epoch list'"
                  .formatted(what, statement.epoch())));
    }
    return answers;
  }

  private Answer confirm(Statement statement, TableReconciliation one) throws SQLException {
    if (!one.waits()) {
      return new Answer(
          false,
          "table %s is %s with epoch %d; nothing is to be confirmed"
              .formatted(one.table(), one.state(), one.epoch()));
    }
    boolean differs = one.state().equals("differs");
    if (one.state().equals("unnamed") || (differs && !statement.althoughCountsDiffer())) {
      return new Answer(false, String.valueOf(one.sentence()));
    }
    long unseen = Objects.requireNonNull(one.unseen());
    if (record(statement, one, unseen, differs ? one.applied() : null) == 0) {
      return new Answer(false, "table %s has changed meanwhile; try again".formatted(one.table()));
    }
    return new Answer(
        true,
        "confirmed: %d row(s) of table %s count as unseen with epoch %d; the sink moves them to the cold store"
            .formatted(unseen, one.table(), one.epoch()));
  }

  /** By the owner's role: services cannot confirm for themselves. */
  private int record(
      Statement statement, TableReconciliation one, long unseen, @Nullable Long applied)
      throws SQLException {
    try (Connection archive =
            PrimaryHost.of(settings.archive().migrator()).connect("archive epoch");
        PreparedStatement insert = archive.prepareStatement(CONFIRM)) {
      SchemaCheck.of(ReleaseSchema.ARCHIVE, archive);
      insert.setLong(1, unseen);
      if (applied == null) {
        insert.setNull(2, Types.BIGINT);
      } else {
        insert.setLong(2, applied);
      }
      insert.setString(3, statement.by());
      insert.setString(4, statement.reason());
      insert.setString(5, settings.prefix());
      insert.setInt(6, one.epoch());
      insert.setString(7, one.table().schema());
      insert.setString(8, one.table().name());
      return insert.executeUpdate();
    }
  }
}
