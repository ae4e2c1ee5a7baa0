package io.valmed.archive.sink.postgres.merge;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.sink.apply.Batch;
import io.valmed.archive.sink.read.Received;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connection's stages: for each version of a table one for images, one for departures, one for
 * keys.
 */
public final class Stages {
  private static final String FILE = "SELECT pg_relation_filenode(to_regclass(?))";

  private record Version(TableId table, int version) {}

  /**
   * The stages of one version.
   *
   * @param earlier what earlier versions of the table had
   * @param mirror the mirror's file when they were made, which changes when a column is retyped
   */
  public record Three(
      Stage images, Stage departures, Stage keys, EarlierColumns earlier, long mirror) {
    private void begin() {
      images.begin();
      departures.begin();
      keys.begin();
    }

    private void forget() {
      images.forget();
      departures.forget();
    }
  }

  private final Connection connection;
  private final Map<Version, Three> sets = new HashMap<>();

  public Stages(Connection connection) {
    this.connection = connection;
  }

  /** Makes the stages that the batch needs, in a transaction of their own, and finds all empty. */
  public void begin(Batch batch) throws SQLException {
    boolean made = false;
    for (List<Received> records : batch.tables().values()) {
      int last = 0;
      for (Received received : records) {
        TableSchema schema = received.schema();
        if (schema.version() != last && !sets.containsKey(version(schema))) {
          make(schema);
          made = true;
        }
        last = schema.version();
      }
    }
    if (made) {
      connection.commit();
    }
    sets.values().forEach(Three::begin);
  }

  /** A part of the transaction was rolled back. */
  public void forget() {
    sets.values().forEach(Three::forget);
  }

  /** The stages of the version, which the batch must have. */
  public Three of(TableSchema schema) {
    return Objects.requireNonNull(sets.get(version(schema)));
  }

  private void make(TableSchema schema) throws SQLException {
    int number = sets.size();
    sets.put(
        version(schema),
        new Three(
            Stage.ofRows(connection, "arc_images_" + number, schema),
            Stage.ofRows(connection, "arc_departures_" + number, schema),
            Stage.ofKeys(connection, "arc_keys_" + number, schema),
            EarlierColumns.read(connection, schema),
            file(schema.table())));
  }

  /**
   * Keeps the mirrors as they are until the transaction ends, and sees that the stages still have
   * their columns' types: a value that passed through another type could change its text.
   *
   * @throws SQLTransactionRollbackException when a mirror has been changed or set aside; everything
   *     is to be opened anew
   */
  public void check(Batch batch) throws SQLException {
    for (Map.Entry<Version, Three> made : sets.entrySet()) {
      TableId table = made.getKey().table();
      if (batch.tables().containsKey(table) && made.getValue().mirror() != lockedFile(table)) {
        throw changed(table, null);
      }
    }
  }

  private long lockedFile(TableId table) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE " + table.sql() + " IN ROW EXCLUSIVE MODE");
    } catch (SQLException e) {
      throw SqlState.UNDEFINED_TABLE.equals(e.getSQLState()) ? changed(table, e) : e;
    }
    return file(table);
  }

  private static SQLException changed(TableId table, @Nullable SQLException cause) {
    return new SQLTransactionRollbackException(
        "the mirror of " + table + " was changed; the sink opens the archive anew",
        SqlState.SERIALIZATION_FAILURE,
        cause);
  }

  private long file(TableId table) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FILE)) {
      statement.setString(1, table.sql());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static Version version(TableSchema schema) {
    return new Version(schema.table(), schema.version());
  }
}
