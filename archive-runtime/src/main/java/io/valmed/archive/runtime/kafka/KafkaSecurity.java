package io.valmed.archive.runtime.kafka;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.server.PasswordFile;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How clients log in to Kafka and how the brokers prove to be the right ones. Files are read anew
 * for every client, so that a service needs those of the servers alone that it speaks to.
 *
 * @param user whom clients log in as, by SCRAM-SHA-512 over TLS; null: nobody, or as the properties
 *     say
 * @param passwordFile file whose first line is the user's password; there whenever the user is
 * @param rootCertificate PEM file of the authorities that may have issued the brokers'
 *     certificates; null: those that the Java runtime trusts
 * @param properties further properties of every client; they go before what follows from the above
 * @param propertiesFile file with further properties, secret ones; they go before the others
 */
public record KafkaSecurity(
    @Nullable String user,
    @Nullable Path passwordFile,
    @Nullable Path rootCertificate,
    Map<String, String> properties,
    @Nullable Path propertiesFile) {

  /** Neither login nor encryption. */
  public static final KafkaSecurity NONE = new KafkaSecurity(null, null, null, Map.of(), null);

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

  private static final String JAAS = "sasl.jaas.config";

  public KafkaSecurity {
    properties = Map.copyOf(properties);
    if ((user == null) != (passwordFile == null)) {
      throw new IllegalArgumentException("kafka.user and kafka.password-file belong together");
    }
  }

  /** Whether the property is the product's own to set. */
  public static boolean own(String property) {
    return OWN.contains(property);
  }

  /**
   * What every client is given.
   *
   * @throws StopException when a file cannot be read, or sets what is not its to set
   */
  public Map<String, String> clientProperties() {
    Map<String, String> all = new HashMap<>();
    if (rootCertificate != null) {
      all.put("security.protocol", "SSL");
      all.put("ssl.truststore.type", "PEM");
      all.put("ssl.truststore.location", readable(rootCertificate).toString());
    }
    if (user != null) {
      all.put("security.protocol", "SASL_SSL");
      all.put("sasl.mechanism", "SCRAM-SHA-512");
    }
    all.putAll(properties);
    Map<String, String> secret = fromFile();
    all.putAll(secret);
    if (user != null) {
      if (secret.containsKey(JAAS)) {
        throw new StopException(
            propertiesFile
                + " sets "
                + JAAS
                + ", and the settings name 'kafka.user'; keep one of the two.");
      }
      all.put(JAAS, jaas(user, String.valueOf(all.get("sasl.mechanism"))));
    }
    return all;
  }

  private String jaas(String name, String mechanism) {
    String module =
        mechanism.startsWith("SCRAM-") ? "scram.ScramLoginModule" : "plain.PlainLoginModule";
    return "org.apache.kafka.common.security.%s required username=%s password=%s;"
        .formatted(module, quoted(name), quoted(password()));
  }

  private String password() {
    return PasswordFile.read(passwordFile, "Kafka's user " + user, "kafka.password-file");
  }

  private Map<String, String> fromFile() {
    Map<String, String> found = new HashMap<>();
    if (propertiesFile == null) {
      return found;
    }
    Properties inFile = new Properties();
    try (Reader reader = Files.newBufferedReader(propertiesFile)) {
      inFile.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new StopException(
          propertiesFile
              + " cannot be read as a properties file; create it or correct"
              + " 'kafka.properties-file' in the settings.",
          e);
    }
    for (String name : inFile.stringPropertyNames()) {
      if (own(name)) {
        throw new StopException(
            propertiesFile + " sets " + name + ", which the product sets itself; leave it out.");
      }
      found.put(name, inFile.getProperty(name));
    }
    return found;
  }

  private static Path readable(Path file) {
    try {
      Files.newInputStream(file).close();
      return file;
    } catch (IOException e) {
      throw new StopException(
          "The root certificate file "
              + file
              + " for Kafka cannot be read; put it there or correct 'kafka.tls.root-certificate' in"
              + " the settings.",
          e);
    }
  }

  private static String quoted(String word) {
    return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Tells names of files only: properties may hold a password. */
  @Override
  public String toString() {
    return "user " + user + ", authorities of " + rootCertificate;
  }
}
