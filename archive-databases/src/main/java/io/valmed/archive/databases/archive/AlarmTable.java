package io.valmed.archive.databases.archive;

import io.valmed.archive.model.topic.AlarmRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * {@code arc.alarm}: what a person should know of, once each. An alarm of a table is a hold of that
 * table's purge, set and ended in the alarm's own statement, unless whoever raised it holds already
 * (ADR 0128).
 */
public final class AlarmTable {
  private static final String LAST =
      "SELECT max(\"offset\") FROM arc.alarm WHERE prefix = ? AND topic_id = ?";
  private static final String RECORD =
      """
      WITH recorded AS (
        INSERT INTO arc.alarm (prefix, kind, table_name, detail, epoch, hot_lsn, hot_txid, committed_at, origin, topic_id, "offset", record_digest)
        SELECT n.prefix, ?, ?, ?, ?, ?::pg_lsn, nullif(?::bigint, 0), CASE WHEN n.micros > 0 THEN to_timestamp(n.micros / 1000000.0) END, ?, n.topic, n.place, n.digest
        FROM (SELECT ?::text AS prefix, ?::bigint AS micros, ?::text AS topic, ?::bigint AS place, ?::bytea AS digest) AS n
        WHERE NOT EXISTS (
          SELECT FROM arc.alarm a
          WHERE a.prefix = n.prefix AND a.topic_id = n.topic AND a."offset" = n.place AND a.record_digest = n.digest)
        ON CONFLICT DO NOTHING RETURNING id, prefix, table_name, detail
      ), held AS (
        INSERT INTO arc.purge_hold (scope, reason, held_by, prefix)
        SELECT r.table_name, format('Alarm %s: %s Look into it, then run ''./archive alarms ack %s --by NAME --reason TEXT''.', r.id, r.detail, r.id),
          'alarm ' || r.id, r.prefix
        FROM recorded r WHERE ?
      )
      SELECT id FROM recorded
      """;
  private static final String NOTE =
      """
      INSERT INTO arc.alarm (prefix, kind, table_name, detail)
      SELECT n.prefix, n.kind, n.table_name, n.detail
      FROM (SELECT ?::text AS prefix, ?::text AS kind, ?::text AS table_name, ?::text AS detail) AS n
      WHERE NOT EXISTS (
        SELECT FROM arc.alarm a
        WHERE a.prefix = n.prefix AND a.kind = n.kind AND a.table_name IS NOT DISTINCT FROM n.table_name AND a.acknowledged_at IS NULL)
      """;
  private static final String LIST =
      """
      SELECT id, kind, table_name, detail, hot_lsn::text, committed_at, recorded_at, acknowledged_by, acknowledged_at, acknowledgement
      FROM arc.alarm WHERE prefix = ? AND (? OR acknowledged_at IS NULL) ORDER BY id
      """;
  private static final String OPEN =
      "SELECT count(*) FROM arc.alarm WHERE prefix = ? AND acknowledged_at IS NULL";
  private static final String ACKNOWLEDGE =
      """
      WITH seen AS (
        UPDATE arc.alarm SET acknowledged_by = ?, acknowledged_at = clock_timestamp(), acknowledgement = ?
        WHERE id = ? AND prefix = ? AND acknowledged_at IS NULL RETURNING id, acknowledged_by
      ), released AS (
        UPDATE arc.purge_hold h SET released_by = s.acknowledged_by, released_at = clock_timestamp()
        FROM seen s WHERE h.held_by = 'alarm ' || s.id AND h.released_at IS NULL
      )
      SELECT id FROM seen
      """;

  private final Connection archive;
  private final String prefix;

  /**
   * @param prefix the installation whose alarms are meant
   */
  public AlarmTable(Connection archive, String prefix) {
    this.archive = archive;
    this.prefix = prefix;
  }

  /**
   * An alarm.
   *
   * @param id its number
   * @param kind what it is, in a word
   * @param table the table, if there is one
   * @param detail what happened
   * @param lsn where in hot's WAL, if anywhere
   * @param committedAt when, by hot's clock, if it was a transaction
   * @param recordedAt when the archive learned of it, by its clock
   * @param acknowledged who has looked; null: nobody yet
   */
  public record Alarm(
      long id,
      String kind,
      @Nullable String table,
      String detail,
      @Nullable String lsn,
      @Nullable OffsetDateTime committedAt,
      OffsetDateTime recordedAt,
      @Nullable Acknowledgement acknowledged) {}

  /**
   * A person has looked.
   *
   * @param by who
   * @param at when
   * @param reason what that person said
   */
  public record Acknowledgement(String by, OffsetDateTime at, String reason) {}

  /** Where a record of the alarms topic stands. */
  public record Place(String topicId, long offset) {}

  /** The offset of the last record of that topic here; empty: there is none. */
  public OptionalLong lastOffset(String topicId) throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(LAST)) {
      query.setString(1, prefix);
      query.setString(2, topicId);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        long last = row.getLong(1);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(last);
      }
    }
  }

  /**
   * Keeps a record of the alarms topic, and holds its table's purge where nobody else does.
   *
   * @param value the record's bytes: at an offset that was given out twice, another record is kept
   * @return whether it was not here before
   */
  public boolean record(Place place, byte[] value, AlarmRecord alarm) throws SQLException {
    try (PreparedStatement insert = archive.prepareStatement(RECORD)) {
      insert.setString(1, alarm.kind());
      insert.setString(2, alarm.table());
      insert.setString(3, alarm.detail());
      insert.setInt(4, alarm.epoch());
      insert.setString(5, alarm.lsn().equals("0/0") ? null : alarm.lsn());
      insert.setLong(6, alarm.txid());
      insert.setString(7, alarm.origin());
      insert.setString(8, prefix);
      insert.setLong(9, alarm.committedAtMicros());
      insert.setString(10, place.topicId());
      insert.setLong(11, place.offset());
      insert.setBytes(12, sha256(value));
      insert.setBoolean(13, alarm.holds());
      try (ResultSet row = insert.executeQuery()) {
        return row.next();
      }
    }
  }

  /**
   * Notes what a service has noticed itself, and holds itself if need be; once while nobody has
   * looked.
   */
  public boolean note(String kind, @Nullable String table, String detail) throws SQLException {
    try (PreparedStatement insert = archive.prepareStatement(NOTE)) {
      insert.setString(1, prefix);
      insert.setString(2, kind);
      insert.setString(3, table);
      insert.setString(4, detail);
      return insert.executeUpdate() > 0;
    }
  }

  /** How many nobody has looked at. */
  public long open() throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(OPEN)) {
      query.setString(1, prefix);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /**
   * Alarms, oldest first.
   *
   * @param all those that somebody has looked at too
   */
  public List<Alarm> list(boolean all) throws SQLException {
    List<Alarm> alarms = new ArrayList<>();
    try (PreparedStatement query = archive.prepareStatement(LIST)) {
      query.setString(1, prefix);
      query.setBoolean(2, all);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          alarms.add(read(row));
        }
      }
    }
    return alarms;
  }

  /**
   * A person has looked: the alarm is settled and its hold ends, in one step.
   *
   * @return false: there is no such open alarm
   */
  public boolean acknowledge(long id, String who, String reason) throws SQLException {
    try (PreparedStatement update = archive.prepareStatement(ACKNOWLEDGE)) {
      update.setString(1, who);
      update.setString(2, reason);
      update.setLong(3, id);
      update.setString(4, prefix);
      try (ResultSet row = update.executeQuery()) {
        return row.next();
      }
    }
  }

  private static Alarm read(ResultSet row) throws SQLException {
    @Nullable OffsetDateTime at = row.getObject(9, OffsetDateTime.class);
    return new Alarm(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getObject(6, OffsetDateTime.class),
        row.getObject(7, OffsetDateTime.class),
        at == null ? null : new Acknowledgement(row.getString(8), at, row.getString(10)));
  }

  private static byte[] sha256(byte[] value) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(value);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
