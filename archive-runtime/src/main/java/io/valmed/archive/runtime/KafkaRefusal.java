package io.valmed.archive.runtime;

import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.jspecify.annotations.Nullable;

/** What Kafka, or its client, refuses until a person has put the settings or the rights right. */
public final class KafkaRefusal {
  private KafkaRefusal() {}

  /** Whether the failure itself, not one of its causes, is such a refusal. */
  public static boolean is(Throwable failure) {
    return failure instanceof AuthenticationException
        || failure instanceof AuthorizationException
        || failure instanceof ConfigException;
  }

  /** The refusal as a sentence with a way out; null: it is none. */
  static @Nullable String sentence(Throwable failure) {
    if (failure instanceof SslAuthenticationException) {
      CertificateTrouble trouble = CertificateTrouble.of(failure);
      return trouble == null
          ? "TLS to a Kafka broker failed: %s; correct 'kafka.tls', or the broker's listener."
              .formatted(told(failure))
          : "The certificate of a Kafka broker %s ('kafka.tls.root-certificate'); %s."
              .formatted(trouble.sentence(), trouble.wayOut());
    }
    if (failure instanceof AuthenticationException) {
      return "Kafka does not accept the user or the password: %s; correct 'kafka.user', its password file, or the user in Kafka."
          .formatted(told(failure));
    }
    if (failure instanceof AuthorizationException) {
      return "Kafka lets this user not do that: %s; grant it (kafka-acls)."
          .formatted(told(failure));
    }
    return failure instanceof ConfigException
        ? "Kafka's client refuses its settings; correct the section 'kafka' and its properties"
            + " file."
        : null;
  }

  private static String told(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }
}
