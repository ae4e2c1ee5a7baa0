package io.valmed.archive.runtime.server;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Why a server's certificate was not accepted. */
public enum CertificateTrouble {
  EXPIRED("is not valid at this time", "have it renewed, and see to it that the clocks are right"),
  UNTRUSTED(
      "was not issued by an authority that is trusted here",
      "see to it that this is the right server; if it is, put its authority's certificate (PEM)"
          + " into that file"),
  OTHER_NAME(
      "is for another host name",
      "name the host as the certificate does, or have one issued for this name");

  private static final int LONGEST_CHAIN = 20;

  private final String sentence;
  private final String wayOut;

  CertificateTrouble(String sentence, String wayOut) {
    this.sentence = sentence;
    this.wayOut = wayOut;
  }

  /** What is wrong, for behind "the certificate". */
  public String sentence() {
    return sentence;
  }

  /** What to do, as a clause. */
  public String wayOut() {
    return wayOut;
  }

  /** The trouble behind the failure; null: the failure is no refused certificate. */
  public static @Nullable CertificateTrouble of(Throwable failure) {
    CertificateTrouble found = null;
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < LONGEST_CHAIN; depth++) {
      if (cause instanceof CertificateExpiredException
          || cause instanceof CertificateNotYetValidException) {
        return EXPIRED;
      }
      if (cause instanceof CertPathBuilderException
          || cause instanceof CertPathValidatorException) {
        found = UNTRUSTED;
      } else if (found == null
          && (cause.getClass() == CertificateException.class
              || cause instanceof SSLPeerUnverifiedException)) {
        // The JDK's check of names throws the plain class, its check of paths a subclass.
        found = OTHER_NAME;
      }
      cause = cause.getCause();
    }
    return found;
  }
}
