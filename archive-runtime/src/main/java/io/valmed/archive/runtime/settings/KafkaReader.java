package io.valmed.archive.runtime.settings;

import io.valmed.archive.runtime.KafkaAccess;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the way into Kafka. */
final class KafkaReader {
  private static final Limits.Numbers PARTITIONS = new Limits.Numbers("kafka.partitions", 1, 256);
  private static final Limits.Numbers REPLICATION =
      new Limits.Numbers("kafka.replication-factor", 1, 32);
  private static final Limits.Numbers MAX_MESSAGE_BYTES =
      new Limits.Numbers("kafka.max-message-bytes", 1L << 20, 512L << 20, true);
  private static final Pattern SERVERS =
      Pattern.compile("[^\\s:,]+:\\d{1,5}(,[^\\s:,]+:\\d{1,5})*");
  private static final Pattern SECRET =
      Pattern.compile(".*(password|jaas|secret|token|key\\.pem).*");

  /** What the product must set itself to keep its promises. */
  private static final Set<String> OWN =
      Set.of(
          "bootstrap.servers",
          "client.id",
          "transactional.id",
          "isolation.level",
          "acks",
          "enable.idempotence",
          "enable.auto.commit",
          "auto.offset.reset",
          "group.id",
          "key.serializer",
          "value.serializer",
          "key.deserializer",
          "value.deserializer");

  private final Section kafka;

  KafkaReader(Section kafka) {
    this.kafka = kafka;
  }

  KafkaAccess read() {
    String servers = kafka.required("bootstrap-servers", "write the brokers, host:9092,host2:9092");
    if (!servers.equals("missing") && !SERVERS.matcher(servers).matches()) {
      kafka.problem(
          kafka.full("bootstrap-servers"),
          kafka.line("bootstrap-servers"),
          "'" + servers + "' is no list of brokers; write host:9092,host2:9092");
    }
    int partitions = kafka.number(PARTITIONS, 4);
    int replication = kafka.number(REPLICATION, 1);
    long maxMessageBytes = kafka.bytes(MAX_MESSAGE_BYTES, 64L << 20);
    Map<String, String> properties = new HashMap<>();
    addFromFile(properties);
    kafka.entries("properties").forEach((name, value) -> add(properties, name, value));
    kafka.end();
    return new KafkaAccess(
        servers, partitions, (short) replication, (int) maxMessageBytes, properties);
  }

  private void add(Map<String, String> properties, String name, Yaml value) {
    String key = kafka.full("properties." + name);
    if (!(value instanceof Yaml.Scalar scalar)) {
      kafka.problem(key, value.line(), "must be a single value, but is " + value.kind());
    } else if (SECRET.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
      kafka.problem(
          key,
          value.line(),
          "secrets are read from files only; put it into a properties file and name that in"
              + " 'kafka.properties-file'");
    } else if (allowed(key, value.line(), name)) {
      properties.put(name, scalar.text());
    }
  }

  private void addFromFile(Map<String, String> properties) {
    Path file = kafka.path("properties-file");
    if (file == null) {
      return;
    }
    String key = kafka.full("properties-file");
    int line = kafka.line("properties-file");
    Properties inFile = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      inFile.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      kafka.problem(
          key, line, file + " cannot be read as a properties file; create it or correct the path");
      return;
    }
    for (String name : inFile.stringPropertyNames()) {
      if (allowed(key, line, name)) {
        properties.put(name, inFile.getProperty(name));
      }
    }
  }

  private boolean allowed(String key, int line, String name) {
    if (OWN.contains(name)) {
      kafka.problem(key, line, name + " is set by the product itself; leave it out");
      return false;
    }
    return true;
  }
}
