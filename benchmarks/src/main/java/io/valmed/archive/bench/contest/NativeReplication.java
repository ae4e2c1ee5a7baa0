package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Answers;
import io.valmed.archive.bench.ground.Moment;
import io.valmed.archive.bench.ground.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** PostgreSQL's own logical replication from hot to the site's other database. */
final class NativeReplication implements AutoCloseable {
  private final Site site;

  private NativeReplication(Site site) {
    this.site = site;
  }

  static NativeReplication start(Site site) throws SQLException {
    try (Connection hot = site.hot();
        Connection target = site.archive()) {
      TargetTables.create(target);
      Answers.run(
          hot,
          "CREATE PUBLICATION %s FOR TABLE medication_orders, medication_administrations"
              .formatted(site.name()));
      Answers.run(
          target,
          "CREATE SUBSCRIPTION %1$s CONNECTION 'host=%2$s port=%3$d dbname=%1$s user=%4$s password=%5$s' PUBLICATION %1$s WITH (copy_data = false)"
              .formatted(
                  site.name(),
                  site.hotServer().host(),
                  site.hotServer().port(),
                  site.hotServer().superuser(),
                  site.settings().hot().migrator().password()));
    }
    return new NativeReplication(site);
  }

  void awaitStreaming() throws Exception {
    Moment.until(
        "the subscription to stream",
        Duration.ofMinutes(1),
        20,
        () -> site.slotActive(site.name()));
  }

  @Override
  public void close() throws SQLException {
    try (Connection target = site.archive()) {
      Answers.run(target, "DROP SUBSCRIPTION " + site.name());
    }
  }
}
