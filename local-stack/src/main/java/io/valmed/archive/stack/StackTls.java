package io.valmed.archive.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * Servers that speak TLS and nothing else: PostgreSQL lets no session in without it, the broker
 * listens by SASL_SSL with SCRAM-SHA-512, its own connections included.
 *
 * @param certificate PEM file: the servers' certificate and those between it and its authority
 * @param key PEM file of its key, PKCS-8
 * @param authority PEM file of who issued it; clients' certificates must be of the same
 * @param kafkaUsers names and passwords of the broker's users; a comma cannot be in them
 */
public record StackTls(Path certificate, Path key, Path authority, Map<String, String> kafkaUsers) {

  private static final String BROKER = "broker";

  public StackTls {
    kafkaUsers = Map.copyOf(kafkaUsers);
    kafkaUsers.forEach(
        (user, password) -> {
          if (user.equals(BROKER) || (user + password).contains(",")) {
            throw new StackException(
                "Kafka's user " + user + " cannot have that name or password.");
          }
        });
  }

  /** PostgreSQL's settings; its files are written into {@code home}, which is its user's. */
  public Map<String, String> postgresSettings(Path home) throws IOException {
    Path hba = home.resolve("hba.conf");
    Files.writeString(
        hba,
        """
        hostssl all all 127.0.0.1/32 scram-sha-256
        """);
    Path copied = home.resolve("server.crt");
    Files.writeString(copied, Files.readString(certificate));
    Path secret = writeSecret(home.resolve("server.key"), Files.readString(key));
    return Map.of(
        "ssl", "on",
        "ssl_cert_file", copied.toString(),
        "ssl_key_file", secret.toString(),
        "ssl_ca_file", authority.toString(),
        "hba_file", hba.toString());
  }

  /** What a JDBC client in this process needs. */
  public void addToJdbc(Properties properties) {
    properties.setProperty("sslmode", "verify-full");
    properties.setProperty("sslrootcert", authority.toString());
  }

  /** The broker's settings; its keys and its own password are written into {@code home}. */
  public Map<String, String> kafkaSettings(Path home) throws IOException {
    Path keys =
        writeSecret(
            home.resolve("keystore.pem"), Files.readString(key) + Files.readString(certificate));
    Path own = home.resolve("broker.password");
    if (!Files.exists(own)) {
      Secrets.generate(own);
    }
    Map<String, String> all = new TreeMap<>();
    all.put("ssl.keystore.type", "PEM");
    all.put("ssl.keystore.location", keys.toString());
    all.put("ssl.truststore.type", "PEM");
    all.put("ssl.truststore.location", authority.toString());
    all.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
    all.put("sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-512");
    all.put(
        "listener.name.client.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(BROKER, Secrets.read(own)));
    return all;
  }

  /** Writes the users that the broker's storage is formatted with, one a line. */
  public Path writeUsers(Path home) throws IOException {
    StringBuilder lines = new StringBuilder();
    Map<String, String> all = new TreeMap<>(kafkaUsers);
    all.put(BROKER, Secrets.read(home.resolve("broker.password")));
    all.forEach(
        (user, password) ->
            lines.append("SCRAM-SHA-512=[name=%s,password=%s]\n".formatted(user, password)));
    return writeSecret(home.resolve("users"), lines.toString());
  }

  private static Path writeSecret(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    try (var channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
    return file;
  }

  /** Tells no password. */
  @Override
  public String toString() {
    return "certificate " + certificate;
  }
}
