package io.valmed.archive.runtime.settings;

import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.runtime.kafka.KafkaSecurity;
import io.valmed.archive.runtime.settings.yaml.Limits;
import io.valmed.archive.runtime.settings.yaml.Section;
import io.valmed.archive.runtime.settings.yaml.Yaml;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads the way into Kafka. */
public final class KafkaReader {
  private static final Limits.Numbers PARTITIONS = new Limits.Numbers("kafka.partitions", 1, 256);
  private static final Limits.Numbers REPLICATION =
      new Limits.Numbers("kafka.replication-factor", 1, 32);
  private static final Limits.Numbers MIN_INSYNC =
      new Limits.Numbers("kafka.min-insync-replicas", 1, 32);
  private static final Limits.Numbers MAX_MESSAGE_BYTES =
      new Limits.Numbers("kafka.max-message-bytes", 1L << 20, 512L << 20, true);
  private static final Pattern SERVERS =
      Pattern.compile("[^\\s:,]+:\\d{1,5}(,[^\\s:,]+:\\d{1,5})*");
  private static final Pattern SECRET =
      Pattern.compile(".*(password|jaas|secret|token|key\\.pem).*");

  private final Section kafka;

  public KafkaReader(Section kafka) {
    this.kafka = kafka;
  }

  public KafkaAccess read() {
    String servers = kafka.required("bootstrap-servers", "write the brokers, host:9092,host2:9092");
    if (!servers.equals("missing") && !SERVERS.matcher(servers).matches()) {
      kafka.problem(
          kafka.full("bootstrap-servers"),
          kafka.line("bootstrap-servers"),
          "'" + servers + "' is no list of brokers; write host:9092,host2:9092");
    }
    int partitions = kafka.number(PARTITIONS, 4);
    int replication = kafka.number(REPLICATION, 1);
    int minInsync = kafka.number(MIN_INSYNC, KafkaAccess.defaultMinInsync(replication));
    if (minInsync > replication) {
      kafka.problem(
          kafka.full("min-insync-replicas"),
          kafka.line("min-insync-replicas"),
          "is %d, but kafka.replication-factor is %d: nothing could be written; lower it or raise the other"
              .formatted(minInsync, replication));
      minInsync = replication;
    }
    long maxMessageBytes = kafka.bytes(MAX_MESSAGE_BYTES, 64L << 20);
    KafkaSecurity security = security();
    kafka.end();
    return new KafkaAccess(
        servers,
        partitions,
        (short) replication,
        (short) minInsync,
        (int) maxMessageBytes,
        security);
  }

  private KafkaSecurity security() {
    Section.Found user = kafka.find("user");
    Path passwordFile = kafka.path("password-file");
    if ((user == null) != (passwordFile == null)) {
      kafka.problem(
          kafka.full("user"),
          kafka.line("user"),
          "and 'password-file' belong together; name both or neither");
      user = null;
      passwordFile = null;
    }
    Section tls = kafka.section("tls");
    Path rootCertificate = tls.path("root-certificate");
    tls.end();
    Map<String, String> properties = new HashMap<>();
    kafka.entries("properties").forEach((name, value) -> add(properties, name, value));
    return new KafkaSecurity(
        user == null ? null : user.text(),
        passwordFile,
        rootCertificate,
        properties,
        kafka.path("properties-file"));
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
    } else if (KafkaSecurity.own(name)) {
      kafka.problem(key, value.line(), name + " is set by the product itself; leave it out");
    } else {
      properties.put(name, scalar.text());
    }
  }
}
