package io.valmed.archive.operations.trend;

import io.valmed.archive.databases.history.EventTable;
import io.valmed.archive.databases.history.Sample;
import io.valmed.archive.databases.history.SampleTable;
import io.valmed.archive.databases.history.StatusEvent;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the whole way did in a stretch of time.
 *
 * @param each what one sample stands for: the worst of that stretch
 * @param first when recording began, or what is left of it begins; null: nothing is recorded yet
 * @param samples oldest first; stretches without any are left out
 */
public record Trend(
    Instant from, Instant to, Duration each, @Nullable Instant first, List<Sample> samples) {
  // Enough for the widest screen; more would only be drawn over one another.
  private static final int MOST = 720;
  private static final int MOST_EVENTS = 500;
  private static final String TIMEOUT = "SET statement_timeout = '10s'";

  public Trend {
    samples = List.copyOf(samples);
  }

  /**
   * Reads it as the archive's reader.
   *
   * @param length how far back; more than 400 days are not there
   * @throws SQLException when the archive does not answer
   */
  public static Trend read(Settings settings, Instant now, Duration length) throws SQLException {
    Duration each = stretch(length);
    try (Connection archive = connect(settings)) {
      SampleTable table = new SampleTable(archive, settings.prefix());
      return new Trend(
          now.minus(length), now, each, table.first(), table.read(now.minus(length), now, each));
    }
  }

  /**
   * What has changed, newest first, at most 500.
   *
   * @throws SQLException when the archive does not answer
   */
  public static List<StatusEvent> events(Settings settings, Instant since) throws SQLException {
    try (Connection archive = connect(settings)) {
      return new EventTable(archive, settings.prefix()).read(since, MOST_EVENTS);
    }
  }

  static Duration stretch(Duration length) {
    if (length.compareTo(SampleTable.FINE_KEPT) > 0) {
      return ceil(length, SampleTable.COARSE);
    }
    return ceil(length, SampleTable.FINE);
  }

  /** The smallest multiple of that step of which not too many are in the length. */
  private static Duration ceil(Duration length, Duration step) {
    long most = step.multipliedBy(MOST).toSeconds();
    return step.multipliedBy(Math.max(1, (length.toSeconds() + most - 1) / most));
  }

  private static Connection connect(Settings settings) throws SQLException {
    Connection archive = settings.archive().reader().connect("archive api");
    try (var statement = archive.createStatement()) {
      statement.execute(TIMEOUT);
      return archive;
    } catch (SQLException | RuntimeException e) {
      try (archive) {
        throw e;
      }
    }
  }
}
