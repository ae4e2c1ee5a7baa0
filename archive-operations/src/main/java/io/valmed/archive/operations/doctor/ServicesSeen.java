package io.valmed.archive.operations.doctor;

import io.valmed.archive.databases.hot.PurgeWorkers;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Looks from both databases whether the services are there and keep up, and whether hot, archive
 * and this machine are of one time and one epoch.
 */
public final class ServicesSeen {
  private static final String NAME = "archive doctor";
  private static final double LATE_SECONDS = 120;

  // Without a heartbeat capture has never run.
  private static final String CAPTURE =
      """
      SELECT h.epoch, extract(epoch FROM clock_timestamp() - h.passed_at), s.slot_name IS NOT NULL, coalesce(s.active, false), s.wal_status, s.invalidation_reason
      FROM arc.heartbeat h LEFT JOIN pg_replication_slots s ON s.slot_name = h.slot
      WHERE h.slot = ?
      """;
  private static final String CLOCK =
      "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
  private static final String SINK_STARTED = "SELECT to_regclass('arc.heartbeat') IS NOT NULL";
  private static final String SINK =
      "SELECT extract(epoch FROM clock_timestamp() - written_at) FROM arc.heartbeat WHERE slot = ?";
  private static final String EPOCH =
      "SELECT max(epoch), coalesce(bool_or(reconciled_at IS NULL AND epoch = (SELECT max(epoch) FROM arc.epoch WHERE prefix = e.prefix)), false) FROM arc.epoch e WHERE prefix = ?";
  private static final String QUARANTINE =
      "SELECT count(*) FROM arc.quarantine q WHERE resolved_at IS NULL AND topic LIKE ?";

  private final Settings settings;
  private final InstantSource wall;
  private final List<Seen> seen = new ArrayList<>();
  private OptionalLong epochOfHot = OptionalLong.empty();

  /**
   * @param wall this machine's clock
   */
  public ServicesSeen(Settings settings, InstantSource wall) {
    this.settings = settings;
    this.wall = wall;
  }

  /**
   * What is not as it should be.
   *
   * @throws SQLException when a database does not answer, or is not migrated
   */
  public List<Seen> look() throws SQLException {
    try (Connection hot = settings.hot().purger().connect(NAME);
        Connection archive = settings.archive().purger().connect(NAME)) {
      boolean captured = capture(hot);
      if (captured) {
        purge(hot);
        sink(archive);
      }
      quarantine(archive);
      clocks(hot, archive);
    }
    return List.copyOf(seen);
  }

  private boolean capture(Connection hot) throws SQLException {
    String slot = settings.capture().slot();
    try (PreparedStatement query = hot.prepareStatement(CAPTURE)) {
      query.setString(1, slot);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          seen.add(
              Seen.odd("capture", "has not run yet; start './archive capture', then the others"));
          return false;
        }
        epochOfHot = OptionalLong.of(row.getLong(1));
        @Nullable String lost = row.getString(6);
        double late = row.getDouble(2);
        boolean never = row.wasNull();
        if (!row.getBoolean(3)) {
          seen.add(
              Seen.wrong(
                  "hot, slot",
                  slot
                      + " is gone, though capture has read from it, so changes are lost; run './archive capture --new-epoch'"));
        } else if (lost != null || "lost".equals(row.getString(5))) {
          seen.add(
              Seen.wrong(
                  "hot, slot",
                  "PostgreSQL has invalidated "
                      + slot
                      + (lost == null ? "" : " (" + lost + ")")
                      + ", so changes are lost; run './archive capture --new-epoch'"));
        } else if (!row.getBoolean(4)) {
          seen.add(
              Seen.odd(
                  "capture",
                  "does not read slot "
                      + slot
                      + ", and hot keeps its WAL; start './archive capture'"));
        } else if (never || late > LATE_SECONDS) {
          seen.add(
              Seen.odd(
                  "capture",
                  "reads slot "
                      + slot
                      + ", but "
                      + (never
                          ? "no heartbeat has come through yet"
                          : "the newest heartbeat that came through is " + seconds(late) + " old")
                      + "; see its log and whether Kafka works"));
        }
      }
    }
    return true;
  }

  private void purge(Connection hot) throws SQLException {
    List<String> policies = PurgeWorkers.policies(hot, settings.prefix());
    if (policies.isEmpty()) {
      seen.add(
          Seen.odd(
              "purge",
              settings.policy().draft()
                  ? "the policy is a draft, so that no worker runs"
                  : "no worker is connected to hot; start './archive purge' if wanted"));
    }
    String file = settings.policy().fingerprint();
    long others = policies.stream().filter(policy -> !policy.equals(file)).count();
    if (others > 0) {
      seen.add(
          Seen.odd(
              "purge",
              "%d of %d workers purge by another policy than this file's: they were started before it was changed, or with another file; restart './archive purge' there"
                  .formatted(others, policies.size())));
    }
  }

  private void sink(Connection archive) throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(SINK_STARTED);
        ResultSet row = query.executeQuery()) {
      row.next();
      if (!row.getBoolean(1)) {
        seen.add(Seen.odd("sink", "has not run yet; start './archive sink'"));
        return;
      }
    }
    try (PreparedStatement query = archive.prepareStatement(SINK)) {
      query.setString(1, settings.capture().slot());
      try (ResultSet row = query.executeQuery()) {
        if (!row.next() || row.getDouble(1) > LATE_SECONDS) {
          seen.add(
              Seen.odd(
                  "sink",
                  "the newest heartbeat in the archive is more than two minutes old; start './archive sink', or './archive capture' if that is down"));
        }
      }
    }
    epochs(archive);
  }

  private void epochs(Connection archive) throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(EPOCH)) {
      query.setString(1, settings.prefix());
      try (ResultSet row = query.executeQuery()) {
        row.next();
        long inArchive = row.getLong(1);
        long inHot = epochOfHot.orElse(inArchive);
        if (inArchive > inHot) {
          seen.add(
              Seen.wrong(
                  "epoch",
                  "the archive knows epoch %d, hot only %d: hot was put back to an earlier state; run './archive capture --new-epoch --after %d'"
                      .formatted(inArchive, inHot, inArchive)));
        } else if (inArchive < inHot) {
          seen.add(
              Seen.odd(
                  "epoch",
                  "hot is in epoch %d, the archive knows %d: nothing is purged until the sink has caught up"
                      .formatted(inHot, inArchive)));
        } else if (row.getBoolean(2)) {
          seen.add(
              Seen.odd(
                  "epoch",
                  "the archive has not reconciled epoch %d yet, and nothing is purged before; see './archive epoch list'"
                      .formatted(inArchive)));
        }
      }
    }
  }

  private void quarantine(Connection archive) throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(QUARANTINE)) {
      query.setString(1, settings.prefix().replace("_", "\\_") + ".%");
      try (ResultSet row = query.executeQuery()) {
        row.next();
        if (row.getLong(1) > 0) {
          seen.add(
              Seen.wrong(
                  "quarantine",
                  row.getLong(1)
                      + " change(s) could not be applied; see './archive quarantine list', mend it, then './archive quarantine retry --all'"));
        }
      }
    }
  }

  private void clocks(Connection hot, Connection archive) throws SQLException {
    Duration bound = settings.purge().clockSkew();
    double ofHot = ahead(hot);
    double ofArchive = ahead(archive);
    double most = Math.max(Math.abs(ofHot - ofArchive), Math.abs(ofHot));
    if (most * 1000 > bound.toMillis()) {
      seen.add(
          Seen.wrong(
              "clocks",
              "hot's clock is ahead of this machine's by %s, the archive's by %s, where purge.clock-skew allows %s; set all three by one source, such as chrony"
                  .formatted(seconds(ofHot), seconds(ofArchive), seconds(bound.toMillis() / 1e3))));
    }
  }

  /** By how many seconds the server's clock is ahead of this machine's. */
  private double ahead(Connection server) throws SQLException {
    try (PreparedStatement query = server.prepareStatement(CLOCK)) {
      Instant before = wall.instant();
      try (ResultSet row = query.executeQuery()) {
        row.next();
        Instant after = wall.instant();
        long middle =
            ChronoUnit.MICROS.between(Instant.EPOCH, before) / 2
                + ChronoUnit.MICROS.between(Instant.EPOCH, after) / 2;
        return (row.getLong(1) - middle) / 1e6;
      }
    }
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }
}
