package io.valmed.archive.sink.postgres.epoch;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Epoch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code arc.reconciliation} and what people have confirmed. */
public final class ReconciliationTable {
  private static final String SETTLED =
      """
      SELECT schema_name, table_name FROM arc.reconciliation
      WHERE prefix = ? AND epoch = ? AND state IN ('reconciled', 'passed over')
      """;
  private static final String CONFIRMED =
      """
      SELECT DISTINCT ON (schema_name, table_name) schema_name, table_name, id, unseen, applied
      FROM arc.reconciliation_confirmation WHERE prefix = ? AND epoch = ? ORDER BY schema_name, table_name, id DESC
      """;
  private static final String NOTE =
      """
      INSERT INTO arc.reconciliation AS r (prefix, epoch, schema_name, table_name, state, announced, applied, unseen, sentence)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (prefix, epoch, schema_name, table_name) DO UPDATE
      SET state = EXCLUDED.state, announced = EXCLUDED.announced, applied = EXCLUDED.applied, unseen = EXCLUDED.unseen,
        sentence = EXCLUDED.sentence, looked_at = clock_timestamp()
      WHERE r.state NOT IN ('reconciled', 'passed over')
      """;
  private static final String WHOLE =
      """
      UPDATE arc.epoch SET reconciled_at = clock_timestamp()
      WHERE epoch = ? AND prefix = ? AND reconciled_at IS NULL AND NOT EXISTS (
        SELECT FROM unnest(?::text[], ?::text[]) AS t (schema_name, table_name)
        WHERE NOT EXISTS (
          SELECT FROM arc.reconciliation r
          WHERE r.prefix = arc.epoch.prefix AND r.epoch = arc.epoch.epoch AND r.schema_name = t.schema_name AND r.table_name = t.table_name
            AND r.state = 'reconciled'))
      """;

  private static final String HOLD =
      """
      INSERT INTO arc.purge_hold (scope, reason, prefix, held_by) SELECT ?, ?, ?, 'archive-sink epoch'
      WHERE NOT EXISTS (
        SELECT FROM arc.purge_hold
        WHERE scope = ? AND reason = ? AND prefix = ? AND held_by = 'archive-sink epoch' AND released_at IS NULL)
      """;
  private static final String RELEASE =
      """
      UPDATE arc.purge_hold SET released_by = 'archive-sink epoch', released_at = clock_timestamp()
      WHERE held_by = 'archive-sink epoch' AND released_at IS NULL AND scope = ? AND prefix = ?
      """;

  private final Connection connection;
  private final String prefix;

  public ReconciliationTable(Connection connection, String prefix) {
    this.connection = connection;
    this.prefix = prefix;
  }

  /** How a table stands with an epoch. */
  public enum State {
    RECONCILED("reconciled"),
    PASSED_OVER("passed over"),
    UNNAMED("unnamed"),
    DIFFERS("differs"),
    ASKS("asks");

    private final String word;

    State(String word) {
      this.word = word;
    }
  }

  /**
   * What a person has confirmed of a table last.
   *
   * @param id counts up
   * @param unseen so many rows, and no more, left hot
   * @param applied so many applied rows are accepted though the snapshot copied another number
   */
  public record Confirmation(long id, long unseen, @Nullable Long applied) {}

  /** The tables that are through with the epoch. */
  public Set<TableId> settled(Epoch epoch) throws SQLException {
    Set<TableId> tables = new HashSet<>();
    try (PreparedStatement query = of(SETTLED, epoch);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        tables.add(new TableId(rows.getString(1), rows.getString(2)));
      }
    }
    return tables;
  }

  public Map<TableId, Confirmation> confirmed(Epoch epoch) throws SQLException {
    Map<TableId, Confirmation> tables = new HashMap<>();
    try (PreparedStatement query = of(CONFIRMED, epoch);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        tables.put(
            new TableId(rows.getString(1), rows.getString(2)),
            new Confirmation(rows.getLong(3), rows.getLong(4), rows.getObject(5, Long.class)));
      }
    }
    return tables;
  }

  private PreparedStatement of(String sql, Epoch epoch) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setString(1, prefix);
    statement.setInt(2, epoch.number());
    return statement;
  }

  /**
   * Notes how the table stands; once it is through, that stays.
   *
   * @param count null: nothing was counted
   * @param sentence why it is not reconciled
   */
  public void note(
      Epoch epoch,
      TableId table,
      State state,
      @Nullable SnapshotCount count,
      @Nullable String sentence)
      throws SQLException {
    try (PreparedStatement statement = of(NOTE, epoch)) {
      statement.setString(3, table.schema());
      statement.setString(4, table.name());
      statement.setString(5, state.word);
      number(statement, 6, epoch.tables().get(table));
      number(statement, 7, count == null ? null : Long.valueOf(count.applied()));
      number(statement, 8, count == null ? null : Long.valueOf(count.unseen()));
      statement.setString(9, sentence);
      statement.executeUpdate();
    }
  }

  /** Holds the table's purge while it waits. */
  public void hold(TableId table, String sentence) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(HOLD)) {
      statement.setString(1, table.toString());
      statement.setString(2, sentence);
      statement.setString(3, prefix);
      statement.setString(4, table.toString());
      statement.setString(5, sentence);
      statement.setString(6, prefix);
      statement.executeUpdate();
    }
  }

  /** The table goes on: ends the holds of {@link #hold}. */
  public void release(TableId table) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RELEASE)) {
      statement.setString(1, table.toString());
      statement.setString(2, prefix);
      statement.executeUpdate();
    }
  }

  private static void number(PreparedStatement statement, int parameter, @Nullable Long value)
      throws SQLException {
    if (value == null) {
      statement.setNull(parameter, Types.BIGINT);
    } else {
      statement.setLong(parameter, value);
    }
  }

  /** Notes the epoch as reconciled if every one of the tables is. */
  public void noteWhole(Epoch epoch, Collection<TableId> tables) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(WHOLE)) {
      statement.setInt(1, epoch.number());
      statement.setString(2, prefix);
      Object[] schemas = tables.stream().map(TableId::schema).toArray();
      Object[] names = tables.stream().map(TableId::name).toArray();
      statement.setArray(3, connection.createArrayOf("text", schemas));
      statement.setArray(4, connection.createArrayOf("text", names));
      statement.executeUpdate();
    }
  }
}
