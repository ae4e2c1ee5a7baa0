package io.valmed.archive.runtime.kafka;

import io.valmed.archive.runtime.server.CertificateTrouble;
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
  public static @Nullable String sentence(Throwable failure) {
    return sentence(failure, "Kafka");
  }

  /** The same with the brokers' name. */
  public static @Nullable String sentence(Throwable failure, String kafka) {
    if (failure instanceof SslAuthenticationException) {
      CertificateTrouble trouble = CertificateTrouble.of(failure);
      return trouble == null
          ? "TLS to a broker of %s failed: %s; correct 'kafka.tls', or the broker's listener."
              .formatted(kafka, told(failure))
          : "The certificate of a broker of %s %s ('kafka.tls.root-certificate'); %s."
              .formatted(kafka, trouble.sentence(), trouble.wayOut());
    }
    if (failure instanceof AuthenticationException) {
      return "%s does not accept the user or the password: %s; correct 'kafka.user', its password file, or the user in Kafka."
          .formatted(kafka, told(failure));
    }
    if (failure instanceof AuthorizationException) {
      return "%s lets this user not do that: %s; grant it (kafka-acls)."
          .formatted(kafka, told(failure));
    }
    return failure instanceof ConfigException
        ? "Kafka's client refuses its settings; correct the section 'kafka' and its properties"
            + " file."
        : null;
  }

  private static String told(Throwable failure) {
    String message = failure.getMessage();
    if (message == null) {
      return failure.getClass().getSimpleName();
    }
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }
}
