package io.valmed.archive.databases.history;

import io.valmed.archive.runtime.jdbc.Query;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** {@code arc.status_event}: what has changed, for 400 days; read with the archive's migrations. */
public final class EventTable {
  private static final Duration KEPT = Duration.ofDays(400);
  private static final String INSERT =
      "INSERT INTO arc.status_event (prefix, at, kind, subject, detail) VALUES (?, ?, ?, ?, ?)";
  private static final String READ =
      """
      SELECT at, kind, subject, detail FROM (
        SELECT at, kind, subject, detail, id FROM arc.status_event WHERE prefix = ? AND at >= ?
        UNION ALL
        SELECT date_trunc('minute', applied_at::timestamptz), 'migrated', 'archive',
          CASE count(*) WHEN 1 THEN format('Migration %s: %s.', min(id), min(description)) ELSE format('Migrations %s to %s.', min(id), max(id)) END, 0
        FROM arc.changelog WHERE applied_at::timestamptz >= ? GROUP BY 1
      ) AS e ORDER BY at DESC, id DESC LIMIT ?
      """;
  private static final String PRUNE =
      """
      DELETE FROM arc.status_event WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM arc.status_event WHERE prefix = ? AND at < ? ORDER BY at LIMIT 500))
      """;

  private final Connection archive;
  private final String prefix;

  /**
   * @param archive open; never closed here
   * @param prefix the installation whose events are meant
   */
  public EventTable(Connection archive, String prefix) {
    this.archive = archive;
    this.prefix = prefix;
  }

  /** Writes them, in their order. */
  public void insert(List<StatusEvent> events) throws SQLException {
    try (PreparedStatement insert = archive.prepareStatement(INSERT)) {
      for (StatusEvent event : events) {
        insert.setString(1, prefix);
        insert.setObject(2, event.at().atOffset(ZoneOffset.UTC));
        insert.setString(3, event.kind());
        insert.setString(4, event.subject());
        insert.setString(5, event.detail());
        insert.addBatch();
      }
      int[] unused = insert.executeBatch();
    }
  }

  /**
   * Those since then, newest first.
   *
   * @param most how many at most
   */
  public List<StatusEvent> read(Instant since, int most) throws SQLException {
    return new Query(archive)
        .rows(
            row ->
                new StatusEvent(
                    row.getTimestamp(1).toInstant(),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4)),
            READ,
            prefix,
            since.atOffset(ZoneOffset.UTC),
            since.atOffset(ZoneOffset.UTC),
            most);
  }

  /**
   * Removes what is too old, at most 500 at a time.
   *
   * @return how many were removed
   */
  public int prune(Instant now) throws SQLException {
    try (PreparedStatement prune = archive.prepareStatement(PRUNE)) {
      prune.setString(1, prefix);
      prune.setObject(2, now.minus(KEPT).atOffset(ZoneOffset.UTC));
      return prune.executeUpdate();
    }
  }
}
