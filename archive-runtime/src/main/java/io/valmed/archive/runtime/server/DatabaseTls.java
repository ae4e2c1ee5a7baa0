package io.valmed.archive.runtime.server;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How a connection to a database is encrypted, and how the server proves to be the right one.
 *
 * @param mode what is asked of the server
 * @param rootCertificate PEM file of the authorities that may have issued the server's certificate;
 *     read anew at every connection; there whenever the mode verifies
 * @param certificate PEM file of the role's own certificate; null: it has none
 * @param key the certificate's key, PEM or PKCS-8; there whenever the certificate is
 */
public record DatabaseTls(
    Mode mode, @Nullable Path rootCertificate, @Nullable Path certificate, @Nullable Path key) {

  /** Encrypted if the server can; for a server on the same machine. */
  public static final DatabaseTls IF_OFFERED = new DatabaseTls(Mode.PREFER, null, null, null);

  /** What is asked of the server, as libpq's {@code sslmode} names it. */
  public enum Mode {
    DISABLE,
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL;

    /** The word in the settings. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the server's certificate is looked at. */
    public boolean verifies() {
      return this == VERIFY_CA || this == VERIFY_FULL;
    }
  }

  public DatabaseTls {
    Objects.requireNonNull(mode, "mode");
    if (mode.verifies() && rootCertificate == null) {
      throw new IllegalArgumentException("tls.root-certificate must be set for " + mode.word());
    }
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("certificate and key must be set together");
    }
  }

  /** Adds what the driver must know. */
  public void addTo(Properties properties) {
    properties.setProperty("sslmode", mode.word());
    put(properties, "sslrootcert", mode.verifies() ? rootCertificate : null);
    put(properties, "sslcert", certificate);
    put(properties, "sslkey", key);
  }

  private static void put(Properties properties, String name, @Nullable Path file) {
    if (file != null) {
      properties.setProperty(name, file.toString());
    }
  }
}
