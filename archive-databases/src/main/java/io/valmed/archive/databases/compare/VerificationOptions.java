package io.valmed.archive.databases.compare;

import java.time.Duration;

/**
 * How thoroughly to verify.
 *
 * @param catchUp how long to wait, each time, for the archive to catch up
 * @param looks how often to look again at rows that keep changing
 * @param samples list at most that many unequal rows of a table
 */
public record VerificationOptions(Duration catchUp, int looks, int samples) {

  /** A minute's patience, six looks, ten samples. */
  public static final VerificationOptions DEFAULT =
      new VerificationOptions(Duration.ofMinutes(1), 6, 10);
}
