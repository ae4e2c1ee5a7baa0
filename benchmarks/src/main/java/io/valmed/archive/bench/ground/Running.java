package io.valmed.archive.bench.ground;

import io.valmed.archive.model.topic.Positions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** The product's processes on a site, each started and waited for until it has done what is due. */
public final class Running {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String SMALL = "256m";
  private static final String SMALLEST = "128m";

  private final Service services;
  private final Site site;

  public Running(Service services, Site site) {
    this.services = services;
    this.site = site;
  }

  /** Starts capture at once. */
  public JavaProcess capture() throws Exception {
    return services.start(site, SMALL, "capture");
  }

  /** Starts capture at once, with Debezium's engine. */
  public JavaProcess captureWithEngine() throws Exception {
    return services.start(site, SMALL, Map.of("ARCHIVE_CAPTURE_STREAM", "engine"), "capture");
  }

  /** Starts the sink at once. */
  public JavaProcess sink() throws Exception {
    return services.start(site, SMALL, "sink");
  }

  /** Starts a purge that ends when nothing is left. */
  public JavaProcess purgeOnce() throws Exception {
    return services.start(site, SMALLEST, "purge", "--once");
  }

  /** Starts a purge that goes on. */
  public JavaProcess purge() throws Exception {
    return services.start(site, SMALLEST, "purge");
  }

  /** Returns when the service calls itself ready. */
  public void awaitReady(JavaProcess service) throws Exception {
    Service.awaitReady(service);
  }

  /** Returns when capture has brought everything that is committed in hot now into Kafka. */
  public void awaitCaptured(JavaProcess capture) throws Exception {
    try (Connection hot = site.hot()) {
      String now = now(hot);
      Moment.until(
          "capture to reach " + now,
          LIMIT,
          20,
          () -> {
            capture.check();
            return !positions(hot, now).isEmpty();
          });
    }
  }

  /** Returns when everything that is committed in hot now is in the archive. */
  public void awaitArchived(JavaProcess capture, JavaProcess sink) throws Exception {
    try (Connection hot = site.hot();
        Connection archive = site.archive()) {
      String now = now(hot);
      Moment.until(
          "the archive to reach " + now,
          LIMIT,
          20,
          () -> {
            capture.check();
            sink.check();
            String wanted = positions(hot, now);
            return !wanted.isEmpty() && applied(archive).covers(Positions.fromJson(wanted));
          });
    }
  }

  private static String now(Connection hot) throws SQLException {
    return Answers.text(hot, "SELECT pg_current_wal_insert_lsn()::text");
  }

  private String positions(Connection hot, String lsn) throws SQLException {
    return Answers.text(
        hot,
        "SELECT positions::text FROM arc.heartbeat WHERE slot = '%s' AND passed_beat > 0 AND passed_lsn >= '%s'"
            .formatted(site.settings().capture().slot(), lsn));
  }

  private static Positions applied(Connection archive) throws SQLException {
    Map<String, Long> applied = new TreeMap<>();
    try (Statement statement = archive.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT topic, partition, position FROM arc.sink_position")) {
      while (rows.next()) {
        applied.put(Positions.partition(rows.getString(1), rows.getInt(2)), rows.getLong(3));
      }
    }
    return Positions.of(applied);
  }
}
