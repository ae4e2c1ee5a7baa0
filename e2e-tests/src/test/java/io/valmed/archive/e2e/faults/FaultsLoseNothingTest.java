package io.valmed.archive.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Journal;
import io.valmed.archive.e2e.support.Ledger;
import io.valmed.archive.e2e.support.Oracle;
import io.valmed.archive.e2e.support.Traffic;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.e2e.support.WardWorld;
import io.valmed.archive.e2e.support.World;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A short run of every kind of fault; {@code -Psoak} makes a long one of it. What the seed decides
 * is the faults and what the application does; when each happens is the machine's.
 */
class FaultsLoseNothingTest {
  private static final long SEED = Long.getLong("seed", 20261123L);
  private static final int FAULTS = Integer.getInteger("faults", 42);
  private static final World WORLD =
      System.getProperty("world", "valmed").equals("ward") ? new WardWorld() : new ValMedWorld();

  /** After so many faults everything is compared, topics excepted. */
  private static final int ROUND = 200;

  private final long begun = System.nanoTime();
  private final Ledger ledger = new Ledger();

  @Test
  void faults_of_every_kind_lose_nothing_and_do_nothing_twice() throws Exception {
    System.out.printf(
        "seed %1$d; again: mvn -Psoak verify -pl e2e-tests -am -Dfaults=%2$d -Dseed=%1$d -Dworld=%3$s%n",
        SEED, FAULTS, WORLD.name());
    try (FaultSite site = FaultSite.build(WORLD, 256 + FAULTS * 2)) {
      Installation installation = site.installation();
      System.out.println("logs in " + installation.directory());
      List<Fault> kinds = Fault.kinds(site.disk() != null);
      FaultPlan plan = FaultPlan.draw(SEED, FAULTS, kinds);
      Traffic.write(installation, new Ledger(), 150, SEED);
      installation.inHot(WORLD.ageRoots());
      site.startServices();
      site.awaitArchived();
      installation.topics().neverCompact(WORLD.tables());

      Oracle oracle = new Oracle(installation, ledger);
      try (FaultRun run = new FaultRun(site)) {
        for (int from = 0; from < FAULTS; from += ROUND) {
          round(site, run, plan.steps().subList(from, Math.min(FAULTS, from + ROUND)), from);
          oracle.judgeRows();
          oracle.judgeJournal();
          System.out.printf(
              "%s: %d faults, %,d changes%n", Instant.now(), from + ROUND, ledger.changes());
          if (!oracle.findings().none() || !site.ownEnds().isEmpty()) {
            break;
          }
          site.startPurge();
        }
        oracle.judgeTopics();
        FaultTable table =
            new FaultTable(
                SEED,
                run.survived(),
                ledger.changes(),
                Journal.purged(installation),
                oracle.findings(),
                site.ownEnds().size(),
                Duration.ofNanos(System.nanoTime() - begun));
        System.out.println(table);
        oracle.findings().assertNone();
        assertThat(site.ownEnds()).isEmpty();
        everythingWasTried(table, kinds);
        Archive.succeed(installation.settingsFile(), "verify");
      }
    }
  }

  private void round(FaultSite site, FaultRun run, List<FaultPlan.Step> steps, int number)
      throws Exception {
    Traffic.Pace pace = new Traffic.Pace(4, FAULTS > ROUND ? 300 : 150, 1_500);
    try (Traffic traffic = Traffic.start(site.installation(), ledger, pace, SEED + number)) {
      run.run(steps);
      traffic.stop();
    }
    site.settle();
  }

  private static void everythingWasTried(FaultTable table, List<Fault> kinds) {
    if (FAULTS >= kinds.size()) {
      assertThat(table.survived().keySet()).containsExactlyInAnyOrderElementsOf(kinds);
    }
    assertThat(table.changes()).isGreaterThan(FAULTS * 20);
    assertThat(table.purged()).isGreaterThan(FAULTS);
  }
}
