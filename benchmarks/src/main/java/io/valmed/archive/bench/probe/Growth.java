package io.valmed.archive.bench.probe;

import io.valmed.archive.bench.ground.Answers;
import io.valmed.archive.bench.ground.Arrival;
import io.valmed.archive.bench.ground.Ground;
import io.valmed.archive.bench.ground.JavaProcess;
import io.valmed.archive.bench.ground.Loaded;
import io.valmed.archive.bench.ground.PurgeJournal;
import io.valmed.archive.bench.ground.Running;
import io.valmed.archive.bench.ground.Site;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Rates as the archive grows: at each size the same number of new, cold rows goes from the topics
 * into the mirror, out of hot after proof, and as departures into the cold store.
 */
public final class Growth {
  /** In which shares of the final size it is measured. */
  private static final double[] SHARES = {0, 0.1, 0.25, 0.5, 1};

  private final Ground ground;
  private final long to;
  private final Consumer<String> progress;

  public Growth(Ground ground, long to, Consumer<String> progress) {
    this.ground = ground;
    this.to = to;
    this.progress = progress;
  }

  /** How many loads are taken from the template. */
  public static int steps() {
    return SHARES.length;
  }

  /** Measures at each size. */
  public List<GrowthPoint> run() throws Exception {
    List<GrowthPoint> points = new ArrayList<>();
    try (Site site = ground.site("growth");
        Connection archive = site.archive()) {
      Running running = new Running(ground.services(), site);
      try (JavaProcess capture = running.capture();
          JavaProcess sink = running.sink()) {
        running.awaitArchived(capture, sink);
      }
      ArchiveFill fill = new ArchiveFill(archive);
      fill.partitions();
      for (int step = 0; step < SHARES.length; step++) {
        long size = (long) (to * SHARES[step]);
        fill.upTo(size);
        GrowthPoint point = at(size, step, site, archive, running);
        points.add(point);
        progress.accept(point.line());
      }
    }
    return points;
  }

  private GrowthPoint at(long size, int step, Site site, Connection archive, Running running)
      throws Exception {
    ground.settle();
    String begun = Answers.text(archive, "SELECT clock_timestamp()::text");
    double merged;
    Loaded loaded;
    try (JavaProcess capture = running.capture()) {
      running.awaitCaptured(capture);
      loaded = ground.slice(site, step, SHARES.length);
      running.awaitCaptured(capture);
      try (JavaProcess sink = running.sink()) {
        Arrival.ofLast(loaded, archive, sink);
        merged = rate(archive, "public", begun);
      }
    }
    ground.settle();
    long pages = Answers.number(archive, "SELECT max(id) FROM arc.purge_page");
    try (JavaProcess purge = running.purgeOnce()) {
      purge.awaitEnd(Duration.ofMinutes(20));
    }
    PurgeJournal journal = PurgeJournal.read(site, pages, 0);
    if (journal.rows() != loaded.rows()) {
      throw new IllegalStateException(
          journal.rows() + " of " + loaded.rows() + " rows were purged");
    }
    ground.settle();
    try (JavaProcess capture = running.capture();
        JavaProcess sink = running.sink()) {
      running.awaitArchived(capture, sink);
    }
    return new GrowthPoint(
        size, merged, journal.timedRows() / journal.seconds(), rate(archive, "public_cold", begun));
  }

  /**
   * Rows of all batches but the last, in the time from the first batch's beginning to the last's.
   */
  private static double rate(Connection archive, String schema, String since) throws Exception {
    return Double.parseDouble(
        Answers.text(
            archive,
            """
            WITH news AS MATERIALIZED (
              SELECT arc_archived_at AS at FROM %1$s.medication_orders WHERE arc_archived_at > '%2$s'
              UNION ALL SELECT arc_archived_at FROM %1$s.medication_administrations WHERE arc_archived_at > '%2$s')
            SELECT coalesce((SELECT count(*) FROM news WHERE at < (SELECT max(at) FROM news))
              / nullif(extract(epoch FROM (SELECT max(at) - min(at) FROM news)), 0), 0)
            """
                .formatted(schema, since)));
  }

  /** For programs and people. */
  public static Finding finding(List<GrowthPoint> points) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "growth: rows/s of each step, by rows that were in the archive before (half mirror, half cold store)");
    lines.add(GrowthPoint.HEAD);
    points.forEach(point -> lines.add(point.line()));
    return new Finding(lines, Map.of("points", points.stream().map(GrowthPoint::toMap).toList()));
  }
}
