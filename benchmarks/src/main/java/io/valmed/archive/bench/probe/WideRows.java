package io.valmed.archive.bench.probe;

import io.valmed.archive.bench.ground.Answers;
import io.valmed.archive.bench.ground.Ground;
import io.valmed.archive.bench.ground.JavaProcess;
import io.valmed.archive.bench.ground.Meter;
import io.valmed.archive.bench.ground.Moment;
import io.valmed.archive.bench.ground.Running;
import io.valmed.archive.bench.ground.Site;
import io.valmed.archive.bench.ground.Use;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows of a megabyte each through capture and sink, with the heaps that small rows have. */
public final class WideRows {
  private static final int ROWS = 300;
  private static final int ROWS_PER_TRANSACTION = 20;

  /** A megabyte that does not compress well. */
  private static final String INSERT =
      """
      INSERT INTO medication_orders
      SELECT gen_random_uuid(), (SELECT string_agg(md5(n || ':' || i || random()), '') FROM generate_series(1, 32768) i),
          (SELECT id FROM drugs LIMIT 1), 1, '1-0-1', 'active', (SELECT id FROM users LIMIT 1), now()
        FROM generate_series(1, %d) n
      """
          .formatted(ROWS_PER_TRANSACTION);

  private final Ground ground;

  public WideRows(Ground ground) {
    this.ground = ground;
  }

  /** Carries them once. */
  public Finding run() throws Exception {
    try (Site site = ground.site("wide")) {
      Running running = new Running(ground.services(), site);
      try (JavaProcess capture = running.capture();
          JavaProcess sink = running.sink();
          Connection hot = site.hot();
          Connection archive = site.archive()) {
        running.awaitArchived(capture, sink);
        Meter meter = ground.meter().with(capture).with(sink);
        long first = Moment.now();
        for (int i = 0; i < ROWS; i += ROWS_PER_TRANSACTION) {
          Answers.run(hot, INSERT);
        }
        running.awaitArchived(capture, sink);
        double seconds = Moment.seconds(first, Moment.now());
        long there =
            Answers.number(
                archive,
                "SELECT count(*) FROM medication_orders WHERE octet_length(patient_name) = 1048576");
        if (there != ROWS) {
          throw new IllegalStateException(there + " of " + ROWS + " wide rows are in the archive");
        }
        return finding(seconds, meter.read());
      }
    }
  }

  private static Finding finding(double seconds, Map<String, Use> used) {
    List<String> lines = new ArrayList<>();
    Map<String, Object> figures = new LinkedHashMap<>();
    lines.add(
        "wide: %d rows of 1 MiB, hot -> archive, in %.1f s (%.1f MiB/s, their making included)"
            .formatted(ROWS, seconds, ROWS / seconds));
    for (String service : List.of("capture", "sink")) {
      Use use = used.getOrDefault(service, new Use(0, 0, 0));
      lines.add(
          "%-20s %6.0f MiB resident, %.0f MiB heap at most, %.1f CPU s"
              .formatted(service, use.peakMebibytes(), use.heapMebibytes(), use.cpuSeconds()));
      figures.put(
          service,
          Map.of("peak_rss_mib", use.peakMebibytes(), "peak_heap_mib", use.heapMebibytes()));
    }
    figures.put("seconds", seconds);
    return new Finding(lines, figures);
  }
}
