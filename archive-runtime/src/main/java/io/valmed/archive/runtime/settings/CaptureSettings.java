package io.valmed.archive.runtime.settings;

import io.valmed.archive.runtime.settings.yaml.Limits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * How capture runs.
 *
 * @param slot the replication slot, letters, digits and {@code _} in lower case
 * @param publication the publication
 * @param heartbeatEvery how often the heartbeat row is written
 * @param transactionRecords records after which a very large source transaction may be cut into
 *     several Kafka transactions, where the LSN changes
 * @param transactionTime time after which it may be cut; below the broker's transaction timeout
 * @param health where health and metrics are served; port 0: a free one
 * @param stream how hot's stream is read
 */
public record CaptureSettings(
    String slot,
    String publication,
    Duration heartbeatEvery,
    int transactionRecords,
    Duration transactionTime,
    InetSocketAddress health,
    Stream stream) {

  /** How hot's stream is read; both keep the same promises. */
  public enum Stream {
    /** With two parts of Debezium's connector. */
    DIRECT,
    /** With Debezium's engine and connector as they come. */
    ENGINE;

    /** As it stands in settings. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Stream of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  public static final Limits.Names STREAM =
      new Limits.Names("capture.stream", "direct|engine", "must be direct or engine");
  public static final Limits.Names SLOT =
      new Limits.Names(
          "capture.slot", "[a-z0-9_]{1,63}", "must be 1 to 63 lower-case letters, digits or _");
  public static final Limits.Names PUBLICATION =
      new Limits.Names(
          "capture.publication",
          "[a-z_][a-z0-9_]{0,62}",
          "must be 1 to 63 lower-case letters, digits or _, not beginning with a digit");
  public static final Limits.Times HEARTBEAT_EVERY =
      new Limits.Times("capture.heartbeat-every", Duration.ofMillis(10), Duration.ofMinutes(10));
  public static final Limits.Numbers TRANSACTION_RECORDS =
      new Limits.Numbers("capture.transaction-records", 1, 10_000_000);
  public static final Limits.Times TRANSACTION_TIME =
      new Limits.Times("capture.transaction-time", Duration.ofMillis(1), Duration.ofMinutes(10));

  /** One that reads the stream directly. */
  public CaptureSettings(
      String slot,
      String publication,
      Duration heartbeatEvery,
      int transactionRecords,
      Duration transactionTime,
      InetSocketAddress health) {
    this(
        slot,
        publication,
        heartbeatEvery,
        transactionRecords,
        transactionTime,
        health,
        Stream.DIRECT);
  }

  public CaptureSettings {
    SLOT.check(slot);
    PUBLICATION.check(publication);
    HEARTBEAT_EVERY.check(heartbeatEvery);
    TRANSACTION_RECORDS.check(transactionRecords);
    TRANSACTION_TIME.check(transactionTime);
    Objects.requireNonNull(health, "health");
    Objects.requireNonNull(stream, "stream");
  }
}
