package io.valmed.archive.purge;

import java.time.Duration;

/**
 * How a purge service is run.
 *
 * @param once end when nothing that is settled and cold is left, or all that is left is refused or
 *     held; false: go on until told to stop
 * @param patience how long to wait, once, for what passes by itself before giving up; zero: for
 *     ever
 */
public record PurgeOptions(boolean once, Duration patience) {
  private static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(1);

  /** With a minute's patience where it runs once. */
  public PurgeOptions(boolean once) {
    this(once, once ? DEFAULT_PATIENCE : Duration.ZERO);
  }
}
