package io.valmed.archive.purge.run;

import io.valmed.archive.purge.lane.Stage;
import io.valmed.archive.purge.maintain.WitnessWatch;
import io.valmed.archive.runtime.LifeSign;
import io.valmed.archive.runtime.settings.PurgeSettings;
import java.time.Duration;

/** Where the purge says on its way that it goes on. */
public final class PurgeSigns {
  private PurgeSigns() {}

  /** How long a page may take from one stage to the next: as long as its transaction may last. */
  private static Duration page(PurgeSettings purge) {
    return purge.transactionTimeout().plus(LifeSign.SOON);
  }

  /** Signs at each stage of a page. */
  public static Stage.Listener of(LifeSign life, PurgeSettings purge, Stage.Listener stages) {
    Duration page = page(purge);
    return stage -> {
      life.give();
      stages.reached(stage);
      life.give(page);
    };
  }

  /** Signs before a check that may take long, and before the page that follows the last check. */
  public static PurgeWork.Checks around(
      LifeSign life, PurgeSettings purge, PurgeWork.Checks checks) {
    Duration page = page(purge);
    return new PurgeWork.Checks(
        () -> {
          life.give(WitnessWatch.LIMIT);
          checks.always().pass();
          life.give();
        },
        () -> {
          checks.beforePage().pass();
          life.give(page);
        },
        checks.beforeRun());
  }
}
