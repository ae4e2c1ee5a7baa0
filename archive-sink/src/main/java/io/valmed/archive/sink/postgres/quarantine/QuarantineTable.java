package io.valmed.archive.sink.postgres.quarantine;

import io.valmed.archive.model.TableId;
import io.valmed.archive.sink.quarantine.QuarantinedRecord;
import io.valmed.archive.sink.quarantine.StoredRecord;
import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.Poisoned;
import io.valmed.archive.sink.read.TopicRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code arc.quarantine}: changes that could not be applied. */
public final class QuarantineTable {
  /**
   * A record that is read twice stands there once. Another one at the same offset, which a log that
   * went back has given out again, is another record.
   */
  private static final String INSERT =
      """
      INSERT INTO arc.quarantine
        (topic, partition, "offset", table_name, record_key, record_value, headers, key_digest, sqlstate, reason)
      VALUES (?, ?, ?, ?, ?, ?, jsonb_object(?, ?), ?, ?, ?)
      ON CONFLICT DO NOTHING
      """;

  private static final String LIST =
      """
      SELECT id, table_name, topic || '/' || partition || '/' || "offset", encode(key_digest, 'hex'), sqlstate, reason,
        quarantined_at, resolved_at, resolution
      FROM arc.quarantine
      """;
  private static final String STORED =
      """
      SELECT topic, partition, "offset", table_name, record_key, record_value,
        ARRAY(SELECT key FROM jsonb_each_text(headers) ORDER BY key),
        ARRAY(SELECT value FROM jsonb_each_text(headers) ORDER BY key)
      FROM arc.quarantine WHERE id = ? AND resolved_at IS NULL
      """;
  private static final String SETTLE =
      """
      UPDATE arc.quarantine SET resolved_at = clock_timestamp(), resolution = ?
      WHERE id = ? AND resolved_at IS NULL
      """;
  private static final String OPEN =
      "SELECT table_name, count(*) FROM arc.quarantine WHERE resolved_at IS NULL GROUP BY 1";

  private final Connection connection;

  public QuarantineTable(Connection connection) {
    this.connection = connection;
  }

  public void add(List<Poisoned> poisoned) throws SQLException {
    if (poisoned.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (Poisoned one : poisoned) {
        TopicRecord record = one.record();
        Map<String, String> headers = record.headers();
        statement.setString(1, record.partition().topic());
        statement.setInt(2, record.partition().number());
        statement.setLong(3, record.offset());
        statement.setString(4, one.table().toString());
        statement.setBytes(5, record.key());
        statement.setBytes(6, record.value());
        statement.setArray(7, texts(headers.keySet()));
        statement.setArray(8, texts(headers.values()));
        statement.setBytes(9, digest(one.rowKey()));
        statement.setString(10, one.sqlState());
        statement.setString(11, one.reason());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /**
   * The records, oldest first.
   *
   * @param settled those that are settled too
   */
  public List<QuarantinedRecord> list(boolean settled) throws SQLException {
    return read(LIST + (settled ? "" : " WHERE resolved_at IS NULL") + " ORDER BY id");
  }

  /** The record of that number. */
  public Optional<QuarantinedRecord> find(long id) throws SQLException {
    return read(LIST + " WHERE id = " + id).stream().findFirst();
  }

  /** The record with what it holds; null: no open one has that number. */
  public @Nullable StoredRecord stored(long id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(STORED)) {
      statement.setLong(1, id);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        String[] names = (String[]) row.getArray(7).getArray();
        String[] values = (String[]) row.getArray(8).getArray();
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < names.length; i++) {
          headers.put(names[i], values[i]);
        }
        return new StoredRecord(
            new Partition(row.getString(1), row.getInt(2)),
            row.getLong(3),
            TableId.parse(row.getString(4)),
            row.getBytes(5),
            row.getBytes(6),
            headers);
      }
    }
  }

  /** Settles the record; false: somebody else has. */
  public boolean settle(long id, String resolution) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SETTLE)) {
      statement.setString(1, resolution);
      statement.setLong(2, id);
      return statement.executeUpdate() == 1;
    }
  }

  /** How many are open, per table. */
  public Map<String, Long> open() throws SQLException {
    Map<String, Long> open = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(OPEN)) {
      while (rows.next()) {
        open.put(rows.getString(1), rows.getLong(2));
      }
    }
    return open;
  }

  private List<QuarantinedRecord> read(String sql) throws SQLException {
    List<QuarantinedRecord> records = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        OffsetDateTime resolved = row.getObject(8, OffsetDateTime.class);
        records.add(
            new QuarantinedRecord(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getObject(7, OffsetDateTime.class).toInstant(),
                resolved == null ? null : resolved.toInstant(),
                row.getString(9)));
      }
    }
    return records;
  }

  /** A zero character cannot stand in PostgreSQL's text. */
  private Array texts(Collection<String> values) throws SQLException {
    return connection.createArrayOf(
        "text", values.stream().map(v -> v.replace('\0', '?')).toArray());
  }

  private static byte[] digest(byte @Nullable [] key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key == null ? new byte[0] : key);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
