package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Ground;
import io.valmed.archive.bench.ground.JavaProcess;
import io.valmed.archive.bench.ground.Meter;
import io.valmed.archive.bench.ground.Moment;
import io.valmed.archive.bench.ground.PeerLibraries;
import io.valmed.archive.bench.ground.Site;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

/** Runs a peer that reads its own slot, counts the rows and throws them away. */
final class SlotReader {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String PEERS = "io.valmed.archive.bench.peer.";

  private final Ground ground;
  private final Site site;

  SlotReader(Ground ground, Site site) {
    this.ground = ground;
    this.site = site;
  }

  static String slot(Site site, String contestant) {
    return site.name() + "_" + contestant.replace('-', '_');
  }

  Lap read(String contestant, long warm, long rows) throws Exception {
    Path file = site.directory().resolve(contestant + ".properties");
    try (OutputStream out = Files.newOutputStream(file)) {
      properties(contestant).store(out, null);
    }
    String main = PEERS + (contestant.equals(CaptureContest.ENGINE) ? "EngineCount" : "SlotCount");
    try (JavaProcess peer =
        ground
            .peers()
            .start(
                peer(contestant),
                contestant,
                site.directory(),
                List.of("-Xmx1g", "-XX:+UseSerialGC"),
                main,
                file.toString(),
                Long.toString(warm),
                Long.toString(warm + rows))) {
      peer.line("warm", LIMIT);
      Meter meter = ground.meter().with(peer);
      String[] moments = peer.line("read ", LIMIT).split(" ", -1);
      return new Lap(
          Long.parseLong(moments[2]),
          Moment.seconds(Long.parseLong(moments[0]), Long.parseLong(moments[1])),
          meter.read());
    }
  }

  private static String peer(String contestant) {
    return contestant.equals(CaptureContest.ENGINE) ? "engine" : PeerLibraries.NONE;
  }

  private Properties properties(String contestant) {
    DatabaseLogin owner = site.settings().hot().migrator();
    Properties all = new Properties();
    all.setProperty("database.hostname", site.hotServer().host());
    all.setProperty("database.port", Integer.toString(site.hotServer().port()));
    all.setProperty("database.dbname", site.name());
    all.setProperty("database.user", owner.user());
    all.setProperty("database.password", owner.password());
    all.setProperty("slot.name", slot(site, contestant));
    all.setProperty("publication.name", site.settings().capture().publication());
    all.setProperty("name", contestant);
    all.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    all.setProperty("topic.prefix", slot(site, contestant));
    all.setProperty("plugin.name", "pgoutput");
    all.setProperty("publication.autocreate.mode", "disabled");
    all.setProperty("snapshot.mode", "no_data");
    all.setProperty("table.include.list", "public\\.medication_.*");
    all.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
    all.setProperty("offset.flush.interval.ms", "1000");
    all.setProperty("max.queue.size", "32768");
    all.setProperty("max.batch.size", "8192");
    all.setProperty("poll.interval.ms", "20");
    return all;
  }
}
