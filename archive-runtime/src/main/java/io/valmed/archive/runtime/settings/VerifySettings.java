package io.valmed.archive.runtime.settings;

import io.valmed.archive.runtime.settings.yaml.Limits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How hot is compared with the archive without anybody asking.
 *
 * @param every how often each table is compared; null: never
 * @param pace how many rows a second are read; 0: as many as the servers give
 */
public record VerifySettings(@Nullable Duration every, int pace) {

  /** How {@link #every} is said to be never. */
  public static final String NEVER = "off";

  public static final Limits.Times EVERY =
      new Limits.Times("verify.every", Duration.ofSeconds(1), Duration.ofDays(366));
  public static final Limits.Numbers PACE = new Limits.Numbers("verify.pace", 0, 10_000_000);
  public static final Duration DEFAULT_EVERY = Duration.ofDays(1);
  public static final int DEFAULT_PACE = 5_000;

  /** Nothing is compared unless somebody asks. */
  public static final VerifySettings OFF = new VerifySettings(null, 0);

  // What has been mended, and what nobody has looked at yet, does not wait a whole round.
  private static final int SOON = 24;

  public VerifySettings {
    if (every != null) {
      EVERY.check(every);
    }
    PACE.check(pace);
  }

  /**
   * After how long a table is compared that never was, that differed, or that could not be read.
   *
   * @throws IllegalStateException when nothing is compared
   */
  public Duration soon() {
    if (every == null) {
      throw new IllegalStateException("nothing is compared");
    }
    return every.dividedBy(SOON);
  }
}
