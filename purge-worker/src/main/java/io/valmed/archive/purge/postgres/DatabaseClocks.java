package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.hot.PurgeWorkers;
import io.valmed.archive.purge.maintain.ClockReading;
import io.valmed.archive.purge.maintain.Clocks;
import io.valmed.archive.runtime.jdbc.SessionSetup;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** Reads the clocks in sessions of its own, which no page keeps waiting. */
public final class DatabaseClocks implements Clocks {
  /** Microseconds since 1970 as the server's clock shows them now. */
  static final String NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String OPEN =
      "SELECT EXISTS (SELECT FROM arc.purge_hold WHERE released_at IS NULL AND scope = '*' AND held_by = ? AND prefix IN ('', ?))";
  private static final String HOLD =
      """
      INSERT INTO arc.purge_hold (scope, reason, held_by, prefix)
      SELECT '*', ?, w.name, w.prefix FROM (SELECT ?::text AS name, ?::text AS prefix) AS w
      WHERE NOT EXISTS (
        SELECT FROM arc.purge_hold h WHERE h.released_at IS NULL AND h.scope = '*' AND h.held_by = w.name AND h.prefix = w.prefix)
      RETURNING id
      """;
  private static final String NAME =
      "UPDATE arc.purge_hold SET reason = replace(reason, ?, ?) WHERE id = ?";
  private static final String RELEASE =
      """
      UPDATE arc.purge_hold SET released_by = held_by, released_at = clock_timestamp()
      WHERE released_at IS NULL AND scope = '*' AND held_by = ? AND prefix IN ('', ?)
      """;

  private final Connection hot;
  private final Connection archive;
  private final String prefix;
  private final String worker;
  private final InstantSource wall;

  private DatabaseClocks(
      Connection hot, Connection archive, Settings settings, InstantSource wall) {
    this.hot = hot;
    this.archive = archive;
    this.prefix = settings.prefix();
    this.worker = settings.purge().worker();
    this.wall = wall;
  }

  /** Opens the sessions. */
  public static DatabaseClocks open(Settings settings, InstantSource wall) throws SQLException {
    String name = PurgeWorkers.session(settings);
    Connection hot = SessionSetup.open(settings.hot().purger(), name, LIMIT);
    try {
      Connection archive = SessionSetup.open(settings.archive().purger(), name, LIMIT);
      return new DatabaseClocks(hot, archive, settings, wall);
    } catch (SQLException | RuntimeException e) {
      try (hot) {
        throw e;
      }
    }
  }

  @Override
  public ClockReading hot() throws SQLException {
    return read(hot);
  }

  @Override
  public ClockReading archive() throws SQLException {
    return read(archive);
  }

  @Override
  public ClockReading worker() {
    return read(wall);
  }

  static ClockReading read(InstantSource wall) {
    long before = System.nanoTime();
    Instant now = wall.instant();
    return ClockReading.of(
        ChronoUnit.MICROS.between(Instant.EPOCH, now), before, System.nanoTime());
  }

  static ClockReading read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      long before = System.nanoTime();
      try (ResultSet row = statement.executeQuery("SELECT " + NOW)) {
        row.next();
        return ClockReading.of(row.getLong(1), before, System.nanoTime());
      }
    }
  }

  @Override
  public void hold(Doubt doubt, String reason) throws SQLException {
    try (PreparedStatement insert = hot.prepareStatement(HOLD)) {
      insert.setString(1, reason);
      insert.setString(2, name(doubt));
      insert.setString(3, prefix);
      try (ResultSet row = insert.executeQuery()) {
        if (row.next()) {
          name(row.getLong(1));
        }
      }
    }
  }

  private void name(long hold) throws SQLException {
    try (PreparedStatement update = hot.prepareStatement(NAME)) {
      update.setString(1, Clocks.HOLD_NAME);
      update.setString(2, "hot/" + hold);
      update.setLong(3, hold);
      update.executeUpdate();
    }
  }

  @Override
  public void release(Doubt doubt) throws SQLException {
    try (PreparedStatement update = hot.prepareStatement(RELEASE)) {
      update.setString(1, name(doubt));
      update.setString(2, prefix);
      update.executeUpdate();
    }
  }

  @Override
  public boolean held(Doubt doubt) throws SQLException {
    try (PreparedStatement query = hot.prepareStatement(OPEN)) {
      query.setString(1, name(doubt));
      query.setString(2, prefix);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  private String name(Doubt doubt) {
    return doubt.word() + " " + worker;
  }

  @Override
  public void close() {
    close(hot);
    close(archive);
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // The server ends the session, or has done so.
    }
  }
}
