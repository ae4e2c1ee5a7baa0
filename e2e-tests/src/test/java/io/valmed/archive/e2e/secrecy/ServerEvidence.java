package io.valmed.archive.e2e.secrecy;

import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.model.topic.TopicNames;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** What the product leaves in the servers, rows and their changes aside. */
final class ServerEvidence {
  private static final String SESSIONS =
      """
      SELECT usename || ' ' || application_name || ' ' || query FROM pg_stat_activity WHERE datname = current_database()
        AND application_name <> 'local-stack'
      """;

  /** Of the quarantine all but the record itself; of the journal all but the keys. */
  private static final List<String> OF_THE_ARCHIVE =
      List.of(
          "SELECT to_jsonb(q) - '{record_key,record_value,key_digest}'::text[] FROM arc.quarantine q",
          "SELECT to_jsonb(t) FROM arc.purge_page t",
          "SELECT to_jsonb(t) FROM arc.purge_hold t",
          "SELECT to_jsonb(t) FROM arc.verification t",
          "SELECT to_jsonb(t) FROM arc.table_version t",
          "SELECT to_jsonb(t) FROM arc.provisioned t",
          "SELECT to_jsonb(t) FROM arc.changelog t",
          "SELECT to_jsonb(t) FROM arc.sink_position t");

  private static final List<String> OF_HOT =
      List.of(
          "SELECT to_jsonb(t) FROM arc.heartbeat t",
          "SELECT to_jsonb(t) FROM arc.purge_hold t",
          "SELECT to_jsonb(t) FROM arc.provisioned t",
          "SELECT to_jsonb(t) FROM arc.changelog t");

  private final Evidence evidence;
  private final Installation installation;

  ServerEvidence(Evidence evidence, Installation installation) {
    this.evidence = evidence;
    this.installation = installation;
  }

  /** What the product's sessions say now of themselves and of what they do. */
  void takeSessions() throws SQLException {
    try (Connection hot = installation.hotAsOwner();
        Connection archive = installation.archiveAsOwner()) {
      take("sessions in hot", hot, SESSIONS);
      take("sessions in the archive", archive, SESSIONS);
    }
  }

  /** The product's own tables. */
  void takeTables() throws SQLException {
    try (Connection hot = installation.hotAsOwner();
        Connection archive = installation.archiveAsOwner()) {
      for (String sql : OF_HOT) {
        take("arc in hot", hot, sql);
      }
      for (String sql : OF_THE_ARCHIVE) {
        take("arc in the archive", archive, sql);
      }
    }
  }

  private void take(String place, Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        evidence.add(place, String.valueOf(rows.getString(1)));
      }
    }
  }

  /** The topics: names, headers, and the records of those that hold no rows. */
  void takeTopics() throws Exception {
    TopicNames names = installation.settings().topics();
    Set<String> whole = Set.of(names.captureOffsets(), names.schema(), names.alarms());
    try (Admin admin = Admin.create(installation.settings().kafka().clientProperties("e2e"))) {
      for (String topic : admin.listTopics().names().get(60, TimeUnit.SECONDS)) {
        evidence.add("names of topics", topic);
      }
      admin
          .listGroups()
          .all()
          .get(60, TimeUnit.SECONDS)
          .forEach(group -> evidence.add("names of groups", group.toString()));
    }
    for (ConsumerRecord<byte[], byte[]> record : records(names)) {
      for (Header header : record.headers()) {
        evidence.add("headers of records", header.key() + "=" + text(header.value()));
      }
      if (whole.contains(record.topic())) {
        evidence.add(
            "topic " + record.topic().substring(names.prefix().length()),
            text(record.key()) + " " + text(record.value()));
      }
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> records(TopicNames names) {
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            installation.settings().kafka().clientProperties("e2e"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.listTopics().values().stream()
              .flatMap(List::stream)
              .filter(info -> info.topic().startsWith(names.prefix() + "."))
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream()
          .anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
        consumer.poll(Duration.ofMillis(200)).forEach(all::add);
      }
    }
    return all;
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}
