package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Answers;
import io.valmed.archive.bench.ground.Ground;
import io.valmed.archive.bench.ground.HotLoad;
import io.valmed.archive.bench.ground.JavaProcess;
import io.valmed.archive.bench.ground.Loaded;
import io.valmed.archive.bench.ground.Meter;
import io.valmed.archive.bench.ground.Moment;
import io.valmed.archive.bench.ground.PurgeJournal;
import io.valmed.archive.bench.ground.Running;
import io.valmed.archive.bench.ground.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Each contestant has a provisioned hot database of its own (REPLICA IDENTITY FULL, publication,
 * slot), freshly loaded with the same rows; capture and sink rest while it runs.
 */
final class PurgeHeat implements Heat {
  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final String COLD =
      "status IN ('completed','discontinued') AND created_at < now() - interval '90 days'";

  private final Ground ground;

  PurgeHeat(Ground ground) {
    this.ground = ground;
  }

  @Override
  public Lap run(String contestant) throws Exception {
    try (Site site = ground.site("purge")) {
      Loaded loaded = HotLoad.allCold(site);
      return switch (contestant) {
        case PurgeContest.BLIND -> blindly(site, loaded);
        case PurgeContest.NIGHTLY -> nightly(site, loaded);
        default -> verified(site, loaded);
      };
    }
  }

  private Lap verified(Site site, Loaded loaded) throws Exception {
    Running running = new Running(ground.services(), site);
    try (JavaProcess capture = running.capture();
        JavaProcess sink = running.sink()) {
      running.awaitArchived(capture, sink);
    }
    ground.settle();
    try (JavaProcess purge = running.purgeOnce()) {
      PurgeJournal.awaitRows(site, ground.warmRows(), purge);
      Meter meter = ground.meter().with(purge);
      purge.awaitEnd(LIMIT);
      var used = meter.read();
      PurgeJournal journal = PurgeJournal.read(site, 0, ground.warmRows());
      Lap.expect("purge", loaded.rows(), journal.rows());
      return new Lap(journal.timedRows(), journal.seconds(), used);
    }
  }

  private Lap blindly(Site site, Loaded loaded) throws Exception {
    return inSql(
        site,
        loaded,
        "DELETE FROM medication_administrations a USING medication_orders o WHERE a.order_id = o.id AND o."
            + COLD.replace(" AND ", " AND o."),
        "DELETE FROM medication_orders WHERE " + COLD);
  }

  private Lap nightly(Site site, Loaded loaded) throws Exception {
    try (Connection hot = site.hot()) {
      Answers.run(
          hot,
          """
          CREATE SCHEMA old;
          CREATE TABLE old.medication_orders (LIKE public.medication_orders INCLUDING DEFAULTS, PRIMARY KEY (id));
          CREATE TABLE old.medication_administrations (LIKE public.medication_administrations INCLUDING DEFAULTS, PRIMARY KEY (id));
          """);
    }
    return inSql(
        site,
        loaded,
        """
        WITH d AS (DELETE FROM medication_administrations a USING medication_orders o WHERE a.order_id = o.id AND o.%s RETURNING a.*)
        INSERT INTO old.medication_administrations SELECT * FROM d
        """
            .formatted(COLD.replace(" AND ", " AND o.")),
        """
        WITH d AS (DELETE FROM medication_orders WHERE %s RETURNING *) INSERT INTO old.medication_orders SELECT * FROM d
        """
            .formatted(COLD));
  }

  private Lap inSql(Site site, Loaded loaded, String children, String roots) throws Exception {
    try (Connection hot = site.hot()) {
      createSlot(hot, site);
      ground.settle();
      Meter meter = ground.meter();
      long first = Moment.now();
      hot.setAutoCommit(false);
      long gone = Answers.changed(hot, children) + Answers.changed(hot, roots);
      hot.commit();
      long last = Moment.now();
      hot.setAutoCommit(true);
      Lap.expect("delete", loaded.rows(), gone);
      return new Lap(gone, Moment.seconds(first, last), meter.read());
    }
  }

  private static void createSlot(Connection hot, Site site) throws SQLException {
    Answers.run(
        hot,
        "SELECT pg_create_logical_replication_slot('%s', 'pgoutput')"
            .formatted(site.settings().capture().slot()));
  }

  @Override
  public void close() {
    // Each run has taken its own things away.
  }
}
