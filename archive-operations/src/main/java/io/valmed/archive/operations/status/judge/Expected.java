package io.valmed.archive.operations.status.judge;

import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the settings let one expect of an installation.
 *
 * @param slot capture's slot
 * @param heartbeatEvery how often capture writes its heartbeat
 * @param purgeStep how long a purge worker may be busy between two looks at the clock
 * @param verifyEvery how often each table is compared; null: only when somebody asks
 * @param draft whether the policy is a draft, so that nothing is purged
 */
public record Expected(
    String slot,
    Duration heartbeatEvery,
    Duration purgeStep,
    @Nullable Duration verifyEvery,
    boolean draft) {

  /** Of these settings. */
  public static Expected of(Settings settings) {
    return new Expected(
        settings.capture().slot(),
        settings.capture().heartbeatEvery(),
        settings.purge().transactionTimeout().multipliedBy(2).plusSeconds(30),
        settings.verify().every(),
        settings.policy().draft());
  }

  /** An age of the heartbeat in hot with which capture hangs. */
  double late() {
    return Math.max(6, seconds(heartbeatEvery) * 3);
  }

  /** A lag that is no news: what is in flight. */
  double flight() {
    return 6 + seconds(heartbeatEvery) * 2;
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }
}
