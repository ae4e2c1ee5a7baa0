package io.valmed.archive.purge;

import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.runtime.kafka.KafkaSecurity;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.ArchiveSettings;
import io.valmed.archive.runtime.settings.CaptureSettings;
import io.valmed.archive.runtime.settings.HotSettings;
import io.valmed.archive.runtime.settings.PurgeSettings;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SinkSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** The settings of a scene's worker; each method changes one and returns this. */
final class SceneSettings {
  private static final InetSocketAddress FREE_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final DatabaseLogin hot;
  private final DatabaseLogin archive;
  private Policy policy;
  private final String worker;
  private int aggregateRows = 1000;
  private int pageAggregates = 1000;
  private int rowsPerSecond;
  private Duration transactionTimeout = Duration.ofSeconds(30);
  private Duration every = Duration.ofSeconds(1);
  private Duration archiveTimeout = PurgeSettings.DEFAULT_ARCHIVE_TIMEOUT;
  private Duration witnessWithin = PurgeSettings.DEFAULT_WITNESS_WITHIN;

  SceneSettings(TestDatabase hot, TestDatabase archive, Policy policy, String worker)
      throws IOException {
    this.hot = hot.login(worker);
    this.archive = archive.login(worker);
    this.policy = policy;
    this.worker = worker;
  }

  /** For the same worker, seen from another process. */
  SceneSettings(DatabaseLogin hot, DatabaseLogin archive, Policy policy, String worker) {
    this.hot = hot;
    this.archive = archive;
    this.policy = policy;
    this.worker = worker;
  }

  SceneSettings policy(Policy other) {
    policy = other;
    return this;
  }

  SceneSettings aggregateRows(int rows) {
    aggregateRows = rows;
    return this;
  }

  SceneSettings pageAggregates(int aggregates) {
    pageAggregates = aggregates;
    return this;
  }

  SceneSettings rowsPerSecond(int rows) {
    rowsPerSecond = rows;
    return this;
  }

  SceneSettings transactionTimeout(Duration timeout) {
    transactionTimeout = timeout;
    return this;
  }

  SceneSettings witnessWithin(Duration within) {
    witnessWithin = within;
    return this;
  }

  SceneSettings every(Duration pause) {
    every = pause;
    return this;
  }

  SceneSettings archiveTimeout(Duration timeout) {
    archiveTimeout = timeout;
    return this;
  }

  Settings make() {
    return make(archive);
  }

  Settings make(DatabaseLogin archiveLogin) {
    return make(archiveLogin, worker);
  }

  /** For another worker whose name ends so. */
  Settings makeFor(String suffix) {
    return make(archive, worker + suffix);
  }

  private Settings make(DatabaseLogin archiveLogin, String name) {
    PurgeSettings purge =
        new PurgeSettings(
            name,
            pageAggregates,
            aggregateRows,
            rowsPerSecond,
            every,
            transactionTimeout,
            Duration.ofMillis(500),
            PurgeSettings.DEFAULT_CLOCK_SKEW,
            witnessWithin,
            archiveTimeout,
            FREE_PORT);
    return new Settings(
        "test",
        new HotSettings(hot, hot, hot),
        new ArchiveSettings(archiveLogin, archiveLogin, archiveLogin, archiveLogin),
        new KafkaAccess("127.0.0.1:9", 1, (short) 1, 1 << 20, KafkaSecurity.NONE),
        policy,
        new CaptureSettings(
            "slot", "publication", Duration.ofSeconds(1), 1000, Duration.ofSeconds(10), FREE_PORT),
        new SinkSettings("group", 1000, 1 << 20, 1, FREE_PORT),
        purge);
  }
}
