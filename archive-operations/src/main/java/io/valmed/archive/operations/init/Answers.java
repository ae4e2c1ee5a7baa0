package io.valmed.archive.operations.init;

import io.valmed.archive.runtime.StopException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * The three addresses, and how the servers behind them are trusted.
 *
 * @param hot {@code host[:port]/database}, several hosts with commas
 * @param archive the same of the archive
 * @param kafka {@code host:port}, several with commas
 * @param trust encryption and the login at Kafka
 */
public record Answers(String hot, String archive, String kafka, Trust trust) {
  private static final Pattern DATABASE = Pattern.compile("[^/?\\s'\"#]+/[^/?\\s'\"#]+");
  private static final Pattern BROKERS = Pattern.compile("[^,\\s'\"#]+:\\d+(,[^,\\s'\"#]+:\\d+)*");

  public Answers {
    hot = database("hot", hot);
    archive = database("archive", archive);
    if (!BROKERS.matcher(kafka).matches()) {
      throw new IllegalArgumentException(
          "kafka must be host:port, several with commas, but is '" + kafka + "'");
    }
    if (hot.equals(archive)) {
      throw new IllegalArgumentException(
          "archive is the hot database; it needs a database of its own, best on another server");
    }
  }

  /** Servers that nothing is asked of. */
  public Answers(String hot, String archive, String kafka) {
    this(hot, archive, kafka, Trust.NONE);
  }

  /** The database's name in an address. */
  static String name(String address) {
    return address.substring(address.indexOf('/') + 1);
  }

  /** Whether both databases are on the same hosts, whose roles they then share. */
  boolean oneServer() {
    return hot.substring(0, hot.indexOf('/')).equals(archive.substring(0, archive.indexOf('/')));
  }

  /** Those that were kept in the file. */
  static Answers read(Path file) {
    try (Reader in = new StringReader(Files.readString(file))) {
      Properties kept = new Properties();
      kept.load(in);
      return new Answers(
          kept.getProperty("hot", ""),
          kept.getProperty("archive", ""),
          kept.getProperty("kafka", ""),
          Trust.read(kept));
    } catch (IOException e) {
      throw new StopException(
          file
              + " cannot be read; run './archive init --hot HOST/DATABASE --archive HOST/DATABASE --kafka HOST:PORT' first, or name the folder of an earlier one with --dir.",
          e);
    }
  }

  /** As {@link #read} reads them. */
  String text() {
    return "hot=%s\narchive=%s\nkafka=%s\n".formatted(hot, archive, kafka) + trust.text();
  }

  private static String database(String which, String address) {
    String plain = address.strip().replaceFirst("^jdbc:", "").replaceFirst("^postgres(ql)?://", "");
    if (plain.matches(".*[?&]ssl.*")) {
      throw new IllegalArgumentException(
          "%1$s must not say how to encrypt; give --%1$s-tls MODE and --%1$s-ca FILE"
              .formatted(which));
    }
    if (!DATABASE.matcher(plain).matches()) {
      throw new IllegalArgumentException(
          which + " must be host/database or host:port/database, but is '" + address + "'");
    }
    return plain;
  }
}
