package io.valmed.archive.operations.init;

import io.valmed.archive.runtime.server.DatabaseTls;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the three servers prove to be the right ones, and the product to Kafka.
 *
 * @param hot how a session with hot is encrypted
 * @param archive the same of the archive
 * @param kafkaCa absolute PEM file of who issued the brokers' certificates; null: no TLS
 * @param kafkaUser the user at Kafka; null: none
 * @param kafkaPassword absolute file with that user's password; there whenever the user is
 */
public record Trust(
    DatabaseTls hot,
    DatabaseTls archive,
    @Nullable Path kafkaCa,
    @Nullable String kafkaUser,
    @Nullable Path kafkaPassword) {

  /** What the settings have by default. */
  public static final Trust NONE =
      new Trust(DatabaseTls.IF_OFFERED, DatabaseTls.IF_OFFERED, null, null, null);

  public Trust {
    if ((kafkaUser == null) != (kafkaPassword == null)) {
      throw new IllegalArgumentException(
          "kafka-user and --kafka-password-file belong together; name both or neither");
    }
  }

  /**
   * What is asked of one database's server.
   *
   * @param server {@code hot} or {@code archive}
   * @param mode a word of the settings' {@code tls.mode}; null: verify-full where there is an
   *     authority, else if offered
   * @param ca PEM file of the authority that issued its certificate; null: none
   * @throws IllegalArgumentException in the words of the command's options, without the first
   *     dashes
   */
  public static DatabaseTls tls(String server, @Nullable String mode, @Nullable Path ca) {
    DatabaseTls.Mode asked = ca == null ? DatabaseTls.Mode.PREFER : DatabaseTls.Mode.VERIFY_FULL;
    if (mode != null) {
      String word = mode.strip().toLowerCase(Locale.ROOT);
      asked =
          Arrays.stream(DatabaseTls.Mode.values())
              .filter(one -> one.word().equals(word))
              .findFirst()
              .orElseThrow(() -> unknown(server, mode));
    }
    if (asked.verifies() == (ca == null)) {
      throw new IllegalArgumentException(
          ca == null
              ? "%1$s-tls %2$s needs --%1$s-ca: the PEM file of the authority that issued the server's certificate"
                  .formatted(server, asked.word())
              : "%s-tls %s looks at no certificate, but --%1$s-ca is given; leave one of them out"
                  .formatted(server, asked.word()));
    }
    return new DatabaseTls(asked, ca, null, null);
  }

  private static IllegalArgumentException unknown(String server, String mode) {
    return new IllegalArgumentException(
        "%s-tls must be one of %s, but is '%s'"
            .formatted(
                server,
                Arrays.stream(DatabaseTls.Mode.values())
                    .map(DatabaseTls.Mode::word)
                    .collect(Collectors.joining(", ")),
                mode));
  }

  /** Of {@code hot} or {@code archive}. */
  DatabaseTls of(String server) {
    return server.equals("hot") ? hot : archive;
  }

  /** Those that were kept. */
  static Trust read(Properties kept) {
    return new Trust(
        tls("hot", kept.getProperty("hot.tls"), path(kept, "hot.ca")),
        tls("archive", kept.getProperty("archive.tls"), path(kept, "archive.ca")),
        path(kept, "kafka.ca"),
        kept.getProperty("kafka.user"),
        path(kept, "kafka.password-file"));
  }

  /** As {@link #read} reads it. */
  String text() {
    return kept("hot.tls", hot.mode().word())
        + kept("hot.ca", hot.rootCertificate())
        + kept("archive.tls", archive.mode().word())
        + kept("archive.ca", archive.rootCertificate())
        + kept("kafka.ca", kafkaCa)
        + kept("kafka.user", kafkaUser)
        + kept("kafka.password-file", kafkaPassword);
  }

  private static String kept(String key, @Nullable Object value) {
    return value == null ? "" : key + "=" + value.toString().replace("\\", "\\\\") + "\n";
  }

  private static @Nullable Path path(Properties kept, String key) {
    String value = kept.getProperty(key);
    return value == null ? null : Path.of(value);
  }

  /** The settings' lines for one database, with a line's end before each; empty: the defaults. */
  String yaml(String server) {
    DatabaseTls tls = of(server);
    if (tls.mode() == DatabaseTls.Mode.PREFER) {
      return "";
    }
    return "\n  tls: { mode: %s%s }"
        .formatted(
            tls.mode().word(),
            tls.rootCertificate() == null
                ? ""
                : ", root-certificate: " + quoted(tls.rootCertificate()));
  }

  /** The same for Kafka. */
  String kafkaYaml() {
    return (kafkaUser == null ? "" : "\n  user: " + quoted(kafkaUser))
        + (kafkaPassword == null ? "" : "\n  password-file: " + quoted(kafkaPassword))
        + (kafkaCa == null ? "" : "\n  tls: { root-certificate: " + quoted(kafkaCa) + " }");
  }

  private static String quoted(Object text) {
    return "'" + text.toString().replace("'", "''") + "'";
  }
}
