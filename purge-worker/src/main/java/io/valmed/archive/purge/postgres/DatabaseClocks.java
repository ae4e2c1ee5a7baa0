package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.hold.HoldTable;
import io.valmed.archive.databases.hot.PurgeWorkers;
import io.valmed.archive.purge.maintain.ClockReading;
import io.valmed.archive.purge.maintain.Clocks;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;

/** Reads the clocks in sessions of its own, which no page keeps waiting. */
public final class DatabaseClocks implements Clocks {
  /** Microseconds since 1970 as the server's clock shows them now. */
  static final String NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

  private static final Duration LIMIT = Duration.ofSeconds(30);

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
    Connection hot = DigestSession.open(settings.hot().purger(), name, LIMIT);
    try {
      Connection archive = DigestSession.open(settings.archive().purger(), name, LIMIT);
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
    OptionalLong hold = holds().hold(HoldTable.EVERYTHING, reason, name(doubt));
    if (hold.isPresent()) {
      String named = reason.replace(Clocks.HOLD_NAME, "hot/" + hold.getAsLong());
      holds().describe(HoldTable.EVERYTHING, named, name(doubt));
    }
  }

  @Override
  public void release(Doubt doubt) throws SQLException {
    holds().release(name(doubt), List.of(HoldTable.EVERYTHING));
  }

  @Override
  public boolean held(Doubt doubt) throws SQLException {
    return holds().held(HoldTable.EVERYTHING, name(doubt));
  }

  private HoldTable holds() {
    return new HoldTable(hot, prefix);
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
