package io.valmed.archive.cli.setup;

import io.valmed.archive.operations.init.Trust;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for servers that prove who they are, and for Kafka's login. */
final class TrustOptions {
  @Option(
      names = "--hot-tls",
      paramLabel = "MODE",
      description =
          "disable, prefer, require, verify-ca or verify-full (default: verify-full with --hot-ca, else prefer).")
  private @Nullable String hotTls;

  @Option(
      names = "--hot-ca",
      paramLabel = "FILE",
      description = "PEM file of the authority that issued hot's certificate.")
  private @Nullable Path hotCa;

  @Option(names = "--archive-tls", paramLabel = "MODE", description = "As --hot-tls.")
  private @Nullable String archiveTls;

  @Option(names = "--archive-ca", paramLabel = "FILE", description = "As --hot-ca.")
  private @Nullable Path archiveCa;

  @Option(
      names = "--kafka-ca",
      paramLabel = "FILE",
      description =
          "PEM file of the authority that issued the brokers' certificates: TLS (SASL_SSL with a user).")
  private @Nullable Path kafkaCa;

  @Option(
      names = "--kafka-user",
      paramLabel = "NAME",
      description = "The user at Kafka (SCRAM-SHA-512); with --kafka-password-file.")
  private @Nullable String kafkaUser;

  @Option(
      names = "--kafka-password-file",
      paramLabel = "FILE",
      description = "File with that user's password in its first line.")
  private @Nullable Path kafkaPassword;

  /**
   * What was given.
   *
   * @throws IllegalArgumentException when it cannot be, without the option's dashes in front
   */
  Trust trust() {
    return new Trust(
        Trust.tls("hot", hotTls, there("hot-ca", hotCa)),
        Trust.tls("archive", archiveTls, there("archive-ca", archiveCa)),
        there("kafka-ca", kafkaCa),
        kafkaUser,
        there("kafka-password-file", kafkaPassword));
  }

  /** The settings are in another folder than the shell: a path that means the same in both. */
  private static @Nullable Path there(String option, @Nullable Path file) {
    if (file != null && !Files.isRegularFile(file)) {
      throw new IllegalArgumentException(option + ": there is no file " + file);
    }
    return file == null ? null : file.toAbsolutePath().normalize();
  }
}
