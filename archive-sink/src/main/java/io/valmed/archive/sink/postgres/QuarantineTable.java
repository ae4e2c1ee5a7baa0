package io.valmed.archive.sink.postgres;

import io.valmed.archive.sink.Poisoned;
import io.valmed.archive.sink.TopicRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code arc.quarantine}. */
final class QuarantineTable {
  private static final String INSERT =
      """
      INSERT INTO arc.quarantine
        (topic, partition, "offset", table_name, record_key, record_value, headers, key_digest, sqlstate, reason)
      VALUES (?, ?, ?, ?, ?, ?, jsonb_object(?, ?), ?, ?, ?)
      ON CONFLICT (topic, partition, "offset") DO NOTHING
      """;

  private final Connection connection;

  QuarantineTable(Connection connection) {
    this.connection = connection;
  }

  void add(List<Poisoned> poisoned) throws SQLException {
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
