package io.valmed.archive.runtime.server;

import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.SqlState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.GT;
import org.postgresql.util.PSQLException;

/**
 * Tells the refusals of a connection that a person must end from those that pass by themselves. The
 * driver gives most of them the SQLSTATE of a network that failed, and texts in the user's
 * language.
 */
public final class DatabaseRefusal {
  private static final String NO_DATABASE = "3D000";
  private static final String NO_TLS = "The server does not support SSL.";
  private static final String OTHER_NAME =
      "The hostname {0} could not be verified by hostnameverifier {1}.";
  private static final String PLACE = "\u0000";

  private final DatabaseLogin login;

  public DatabaseRefusal(DatabaseLogin login) {
    this.login = login;
  }

  /**
   * @throws StopException when a file that the connection needs cannot be read
   */
  public void checkFiles() {
    DatabaseTls tls = login.tls();
    if (tls.mode().verifies()) {
      check("root certificate", "tls.root-certificate", tls.rootCertificate());
    }
    check("certificate", "certificate", tls.certificate());
    check("key", "key", tls.key());
  }

  private void check(String what, String key, @Nullable Path file) {
    if (file == null) {
      return;
    }
    // Opened, not only looked at: root may read what it has no right to.
    try {
      Files.newInputStream(file).close();
    } catch (IOException e) {
      throw new StopException(
          "The %s file %s for %s cannot be read; put it there or correct '%s' in the settings."
              .formatted(what, file, login, key),
          e);
    }
  }

  /** The refusal that a person must end; null: the failure is of another kind. */
  public @Nullable StopException of(SQLException failure) {
    boolean server = failure instanceof PSQLException psql && psql.getServerErrorMessage() != null;
    String state = String.valueOf(failure.getSQLState());
    String sentence = null;
    if (state.equals(SqlState.INVALID_PASSWORD)) {
      sentence = wrongPassword();
    } else if (state.equals(SqlState.INVALID_AUTHORIZATION)) {
      sentence =
          "The server does not let %s in: %s; make the role ('archive provision'), allow it in pg_hba.conf, or set 'tls' as that asks."
              .formatted(login, Failures.sentence(failure));
    } else if (state.equals(NO_DATABASE)) {
      sentence =
          "%s: there is no such database on that server. Make it ('createdb'), or correct the address ('%s') in the settings."
              .formatted(login.where(), login.url());
    } else if (!server && state.equals(SqlState.CONNECTION_REJECTED)) {
      sentence = says(failure, NO_TLS) ? noTls() : noAgreement(failure);
    } else if (!server) {
      sentence = tls(failure);
    }
    return sentence == null ? null : new StopException(sentence, failure);
  }

  private String wrongPassword() {
    return login.passwordFile() == null
        ? "The password of %s is asked for, and the settings name none; write it into a file and name that as 'password-file'."
            .formatted(login)
        : "The password of %s is wrong; write the right one into %s, or give the role that one ('archive provision' does for the roles it made)."
            .formatted(login, login.passwordFile());
  }

  private String noTls() {
    return "The server offers no TLS, and %s asks for it ('tls.mode: %s'); turn it on there (ssl, ssl_cert_file, ssl_key_file in postgresql.conf)."
        .formatted(login, login.tls().mode().word());
  }

  private String noAgreement(SQLException failure) {
    return "The server and %s do not agree on how to log in: %s Correct the password file, or pg_hba.conf."
        .formatted(login, failure.getMessage());
  }

  private @Nullable String tls(SQLException failure) {
    CertificateTrouble trouble = CertificateTrouble.of(failure);
    if (trouble == null && says(failure, OTHER_NAME)) {
      // The driver's own check of the name, which comes after the handshake.
      trouble = CertificateTrouble.OTHER_NAME;
    }
    if (trouble != null) {
      return "The certificate of the server for %s %s (%s); %s."
          .formatted(login, trouble.sentence(), login.tls().rootCertificate(), trouble.wayOut());
    }
    // A handshake that the network broke passes; a file that is no certificate stays one.
    return failure.getCause() instanceof GeneralSecurityException
        ? "TLS to the server for %s cannot be set up: %s Correct 'tls' in the settings."
            .formatted(login, failure.getMessage())
        : null;
  }

  /** Whether the driver says this, in whatever language. */
  private static boolean says(SQLException failure, String english) {
    String said = GT.tr(english, PLACE, PLACE);
    int end = said.indexOf(PLACE);
    return String.valueOf(failure.getMessage()).startsWith(end < 0 ? said : said.substring(0, end));
  }
}
