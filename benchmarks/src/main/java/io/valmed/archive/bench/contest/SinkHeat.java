package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Answers;
import io.valmed.archive.bench.ground.Arrival;
import io.valmed.archive.bench.ground.Ground;
import io.valmed.archive.bench.ground.JavaProcess;
import io.valmed.archive.bench.ground.Loaded;
import io.valmed.archive.bench.ground.Meter;
import io.valmed.archive.bench.ground.Moment;
import io.valmed.archive.bench.ground.Running;
import io.valmed.archive.bench.ground.Site;
import io.valmed.archive.model.TableId;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * Topics filled by capture, and the same rows as files. The sink's clock runs from the beginning of
 * its first batch's transaction behind the warm-up, so that its start does not count.
 */
final class SinkHeat implements Heat {
  private static final String EVIDENCE =
      "1 AS arc_version, 1 AS arc_epoch, pg_current_wal_lsn() AS arc_lsn, 1::bigint AS arc_txid,"
          + " now() AS arc_committed_at, now() AS arc_archived_at";

  private final Ground ground;
  private final Site site;
  private final Loaded warm;
  private final Loaded loaded;

  private SinkHeat(Ground ground, Site site, Loaded warm, Loaded loaded) {
    this.ground = ground;
    this.site = site;
    this.warm = warm;
    this.loaded = loaded;
  }

  static SinkHeat prepare(Ground ground) throws Exception {
    Site site = ground.site("sink");
    Running running = new Running(ground.services(), site);
    Loaded warm;
    Loaded loaded;
    try (JavaProcess capture = running.capture()) {
      running.awaitCaptured(capture);
      warm = ground.warmUp(site);
      loaded = warm.and(ground.load(site));
      running.awaitCaptured(capture);
    }
    SinkHeat heat = new SinkHeat(ground, site, warm, loaded);
    heat.prepareCopy();
    return heat;
  }

  @Override
  public Lap run(String contestant) throws Exception {
    ground.settle();
    return contestant.equals(Contest.OURS) ? sink() : copy();
  }

  private Lap sink() throws Exception {
    try (Connection archive = site.archive();
        JavaProcess sink = new Running(ground.services(), site).sink()) {
      new Running(ground.services(), site).awaitReady(sink);
      Moment.until(
          "the sink to make the tables",
          Duration.ofMinutes(1),
          10,
          () -> {
            sink.check();
            return Answers.number(
                    archive,
                    "SELECT count(to_regclass('%s')) + count(to_regclass('%s'))"
                        .formatted(Site.ORDERS.sql(), Site.ADMINISTRATIONS.sql()))
                == 2;
          });
      Arrival.ofLast(warm, archive, sink);
      Meter meter = ground.meter().with(sink);
      Begun begun = Begun.now(archive);
      long last = Arrival.of(loaded, archive, sink);
      long first = warm.rows() > 0 ? begun.at() : firstBatch(archive);
      return new Lap(
          warm.rows() > 0 ? loaded.rows() - begun.rows() : loaded.rows(),
          Moment.seconds(first, last),
          meter.read());
    }
  }

  /**
   * How many rows are there by now, whichever partition has got ahead.
   *
   * @param at the time of that, {@link Moment}
   */
  private record Begun(long rows, long at) {
    static Begun now(Connection archive) throws SQLException {
      long at = Moment.now();
      String query =
          "SELECT (SELECT count(*) FROM %s) + (SELECT count(*) FROM %s)"
              .formatted(Site.ORDERS.sql(), Site.ADMINISTRATIONS.sql());
      return new Begun(Answers.number(archive, query), at);
    }
  }

  private static long firstBatch(Connection archive) throws SQLException {
    return Answers.number(
        archive,
        """
        SELECT (extract(epoch FROM least((SELECT min(arc_archived_at) FROM %s), (SELECT min(arc_archived_at) FROM %s))) * 1000000)::bigint
        """
            .formatted(Site.ORDERS.sql(), Site.ADMINISTRATIONS.sql()));
  }

  private Lap copy() throws Exception {
    Meter meter = ground.meter();
    try (Connection target = site.archiveServer().connect(copyDatabase())) {
      long first = Moment.now();
      long copied = copy(target, Site.ORDERS) + copy(target, Site.ADMINISTRATIONS);
      long last = Moment.now();
      Lap.expect("copy", loaded.rows(), copied);
      return new Lap(copied, Moment.seconds(first, last), meter.read());
    }
  }

  private long copy(Connection target, TableId table) throws Exception {
    try (InputStream rows = Files.newInputStream(file(table))) {
      return target
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("COPY " + table.sql() + " FROM STDIN", rows, 1 << 16);
    }
  }

  /** The product's own tables in a database apart, and the rows that will be copied into them. */
  private void prepareCopy() throws Exception {
    site.archiveServer().createDatabase(copyDatabase());
    try (Connection hot = site.hot();
        Connection target = site.archiveServer().connect(copyDatabase())) {
      for (TableId table : List.of(Site.ORDERS, Site.ADMINISTRATIONS)) {
        String query = "SELECT t.*, %s FROM %s t".formatted(EVIDENCE, table.sql());
        Answers.run(
            target,
            "CREATE TABLE %s (%s, PRIMARY KEY (id))"
                .formatted(table.sql(), String.join(", ", columns(hot, query))));
        try (OutputStream out = Files.newOutputStream(file(table))) {
          hot.unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut("COPY (" + query + ") TO STDOUT", out);
        }
      }
    }
  }

  /** The query's columns with the types that the archive gives them: an enum is text there. */
  private static List<String> columns(Connection hot, String query) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (Statement statement = hot.createStatement();
        ResultSet none = statement.executeQuery(query + " LIMIT 0")) {
      for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
        String type = none.getMetaData().getColumnTypeName(i);
        columns.add(
            none.getMetaData().getColumnName(i) + " " + (type.contains("status") ? "text" : type));
      }
    }
    return columns;
  }

  private Path file(TableId table) {
    return site.directory().resolve(table.name() + ".copy");
  }

  private String copyDatabase() {
    return site.name() + "_copy";
  }

  @Override
  public void close() throws SQLException {
    try (Connection archive = site.archive()) {
      Answers.run(archive, "DROP DATABASE IF EXISTS " + copyDatabase() + " WITH (FORCE)");
    }
    site.close();
  }
}
