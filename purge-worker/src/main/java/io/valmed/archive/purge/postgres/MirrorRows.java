package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.archive.CaughtUp;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.keys.RowDigests;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.databases.keys.TableShape.KeyColumn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.page.LockedRow;
import io.valmed.archive.purge.page.Mirror;
import io.valmed.archive.purge.page.PageRows;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Digests of the mirror's rows. */
public final class MirrorRows implements Mirror {
  private static final String COLUMNS =
      """
      SELECT a.attname::text, format_type(a.atttypid, a.atttypmod)
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.oid = to_regclass(?) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
      """;

  private static final String ARCHIVED =
      """
      SELECT EXISTS (SELECT FROM arc.archived_table t WHERE t.schema_name = ? AND t.table_name = ?)
        AND EXISTS (SELECT FROM arc.table_version v WHERE v.schema_name = ? AND v.table_name = ?)
      """;
  private static final String EPOCH =
      "SELECT epoch FROM arc.epoch WHERE prefix = ? ORDER BY epoch DESC LIMIT 1";
  private static final String UNRECONCILED =
      """
      SELECT t.schema_name, t.table_name, r.sentence
      FROM unnest(?::text[], ?::text[]) AS t (schema_name, table_name)
      LEFT JOIN arc.reconciliation r
        ON r.prefix = ? AND r.epoch = ? AND r.schema_name = t.schema_name AND r.table_name = t.table_name
      WHERE r.state IS DISTINCT FROM 'reconciled' ORDER BY 1, 2 LIMIT 1
      """;

  private final Connection connection;
  private final String prefix;
  private final CaughtUp progress;
  private final Map<TableId, TableShape> known = new HashMap<>();

  /**
   * @param connection a session of {@link DigestSession} in the archive
   * @param prefix the installation whose epochs count
   * @param progress how far the archive is
   */
  public MirrorRows(Connection connection, String prefix, CaughtUp progress) {
    this.connection = connection;
    this.prefix = prefix;
    this.progress = progress;
  }

  @Override
  public void check(TableShape hot) throws SQLException, TableHeldException {
    Map<String, String> types = new LinkedHashMap<>();
    try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
      query.setString(1, hot.table().sql());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          types.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    if (types.isEmpty()) {
      throw TableHeldException.behind(hot.table(), "is not in the archive yet");
    }
    if (!archived(hot.table())) {
      throw TableHeldException.behind(
          hot.table(),
          "is in no version in the archive yet, so that its departures could not be told");
    }
    for (String column : hot.columns()) {
      if (!types.containsKey(column)) {
        throw TableHeldException.behind(
            hot.table(), "has a column that the archive does not have yet: " + column);
      }
    }
    List<KeyColumn> key = new ArrayList<>();
    for (String name : hot.keyNames()) {
      key.add(new KeyColumn(name, Objects.requireNonNull(types.get(name))));
    }
    known.put(hot.table(), new TableShape(hot.table(), hot.columns(), key));
  }

  private boolean archived(TableId table) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(ARCHIVED)) {
      query.setString(1, table.schema());
      query.setString(2, table.name());
      query.setString(3, table.schema());
      query.setString(4, table.name());
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  @Override
  public void checkEpoch(TableId root, int epoch, List<TableId> tables)
      throws SQLException, TableHeldException {
    try (PreparedStatement query = connection.prepareStatement(EPOCH)) {
      query.setString(1, prefix);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          throw TableHeldException.behind(
              root, "waits: the archive has not seen an epoch yet; start the sink");
        }
        if (row.getInt(1) != epoch) {
          throw TableHeldException.behind(
              root,
              "waits: capture works in epoch %d, but the newest one that the archive has seen is %d; let capture and sink run"
                  .formatted(epoch, row.getInt(1)));
        }
      }
    }
    checkReconciled(epoch, tables);
  }

  private void checkReconciled(int epoch, List<TableId> tables)
      throws SQLException, TableHeldException {
    try (PreparedStatement query = connection.prepareStatement(UNRECONCILED)) {
      Object[] schemas = tables.stream().map(TableId::schema).toArray();
      Object[] names = tables.stream().map(TableId::name).toArray();
      query.setArray(1, connection.createArrayOf("text", schemas));
      query.setArray(2, connection.createArrayOf("text", names));
      query.setString(3, prefix);
      query.setInt(4, epoch);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          return;
        }
        TableId table = new TableId(row.getString(1), row.getString(2));
        @Nullable String sentence = row.getString(3);
        throw sentence == null
            ? TableHeldException.behind(
                table,
                "waits: it is not reconciled with epoch %d in the archive yet; let capture and sink run"
                    .formatted(epoch))
            : TableHeldException.fault(table, "is not reconciled in the archive: " + sentence);
      }
    }
  }

  @Override
  public List<byte @Nullable []> digests(PageRows rows) throws SQLException, TableHeldException {
    TableShape mirror = shape(rows.shape());
    try {
      return RowDigests.of(connection, mirror, rows.rows().stream().map(LockedRow::key).toList());
    } catch (SQLException e) {
      throw orHeld(mirror.table(), e);
    }
  }

  /** The mirror of a table that has been checked. */
  TableShape shape(TableShape hot) {
    @Nullable TableShape mirror = known.get(hot.table());
    if (mirror == null || !mirror.columns().equals(hot.columns())) {
      throw new IllegalStateException("the mirror was not checked for this shape");
    }
    return mirror;
  }

  /**
   * The failure, to be thrown.
   *
   * @throws TableHeldException when it says that the table's mirror cannot be asked
   */
  SQLException orHeld(TableId table, SQLException failure) throws TableHeldException {
    String state = String.valueOf(failure.getSQLState());
    if (state.startsWith("22") || state.startsWith("42")) {
      throw TableHeldException.fault(
          table,
          "has a mirror in "
              + DatabaseLogin.placeOf("archive", connection)
              + " that cannot be asked for its rows: "
              + Failures.sentence(failure),
          failure);
    }
    return failure;
  }

  @Override
  public long archivedUpTo() throws SQLException {
    return progress.lsn();
  }
}
