package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Site;
import io.valmed.archive.stack.postgres.PostgresServer;
import java.util.Properties;

/**
 * How Connect is set: JSON with schemas and upsert as asked, the rest as the documentation of
 * Debezium's JDBC sink and of Kafka advises for throughput.
 */
final class ConnectSettings {
  private final Site site;

  ConnectSettings(Site site) {
    this.site = site;
  }

  Properties worker(int port) {
    Properties all = new Properties();
    all.setProperty("bootstrap.servers", site.settings().kafka().bootstrapServers());
    all.setProperty("listeners", "http://127.0.0.1:" + port);
    all.setProperty("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    all.setProperty("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    all.setProperty("key.converter.schemas.enable", "true");
    all.setProperty("value.converter.schemas.enable", "true");
    all.setProperty(
        "offset.storage.file.filename", site.directory().resolve("connect.offsets").toString());
    all.setProperty("offset.flush.interval.ms", "5000");
    all.setProperty("plugin.discovery", "service_load");
    all.setProperty("connector.client.config.override.policy", "All");
    return all;
  }

  Properties source() {
    PostgresServer hot = site.hotServer();
    Properties all = new Properties();
    all.setProperty("name", "source");
    all.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    all.setProperty("tasks.max", "1");
    all.setProperty("database.hostname", hot.host());
    all.setProperty("database.port", Integer.toString(hot.port()));
    all.setProperty("database.dbname", site.name());
    all.setProperty("database.user", hot.superuser());
    all.setProperty("database.password", site.settings().hot().migrator().password());
    all.setProperty("plugin.name", "pgoutput");
    all.setProperty("slot.name", site.name());
    all.setProperty("publication.name", site.name());
    all.setProperty("publication.autocreate.mode", "filtered");
    all.setProperty("snapshot.mode", "no_data");
    all.setProperty("topic.prefix", site.name());
    all.setProperty(
        "table.include.list", "public.medication_orders,public.medication_administrations");
    all.setProperty("max.batch.size", "8192");
    all.setProperty("max.queue.size", "32768");
    all.setProperty("poll.interval.ms", "50");
    all.setProperty("producer.override.compression.type", "lz4");
    all.setProperty("producer.override.batch.size", "262144");
    all.setProperty("producer.override.linger.ms", "20");
    return all;
  }

  Properties sink() {
    PostgresServer target = site.archiveServer();
    Properties all = new Properties();
    all.setProperty("name", "target");
    all.setProperty("connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector");
    all.setProperty("tasks.max", "2");
    all.setProperty("topics", String.join(",", site.topics()));
    all.setProperty("connection.url", target.jdbcUrl(site.name()) + "?reWriteBatchedInserts=true");
    all.setProperty("connection.username", target.superuser());
    all.setProperty("connection.password", site.settings().archive().migrator().password());
    all.setProperty("insert.mode", "upsert");
    all.setProperty("primary.key.mode", "record_key");
    all.setProperty("schema.evolution", "none");
    all.setProperty("delete.enabled", "true");
    // Named without the prefix that topics have.
    all.setProperty("collection.name.format", "${source.table}");
    all.setProperty("batch.size", "2000");
    all.setProperty("use.reduction.buffer", "true");
    all.setProperty("consumer.override.max.poll.records", "2000");
    all.setProperty("consumer.override.fetch.min.bytes", "65536");
    all.setProperty("consumer.override.fetch.max.wait.ms", "100");
    all.setProperty("consumer.override.max.partition.fetch.bytes", "4194304");
    return all;
  }
}
