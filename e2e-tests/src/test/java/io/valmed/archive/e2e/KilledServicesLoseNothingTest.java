package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Journal;
import io.valmed.archive.e2e.support.Ledger;
import io.valmed.archive.e2e.support.Oracle;
import io.valmed.archive.e2e.support.Pipeline;
import io.valmed.archive.e2e.support.Traffic;
import io.valmed.archive.e2e.support.WardWorld;
import io.valmed.archive.e2e.support.World;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** For any tables; for ValMed's own {@code FaultsLoseNothingTest} kills services and much else. */
class KilledServicesLoseNothingTest {
  private static final long SEED = Long.getLong("seed", 20261123L);
  private static final int KILLS = Integer.getInteger("kills", 7);

  @Test
  void capture_sink_and_purge_killed_in_the_middle_lose_nothing_and_do_nothing_twice()
      throws Exception {
    World world = new WardWorld();
    Ledger ledger = new Ledger();
    Random random = new Random(SEED);
    try (Installation installation = Installation.of(world)) {
      Traffic.write(installation, new Ledger(), 150, SEED);
      installation.inHot(world.ageRoots());
      try (Pipeline pipeline = Pipeline.start(installation);
          Traffic traffic =
              Traffic.start(installation, ledger, new Traffic.Pace(4, 10, 300), SEED)) {
        Archive purge = Archive.start(installation, "purge");
        for (int i = 0; i < KILLS; i++) {
          Thread.sleep(500 + random.nextInt(2_500));
          switch (random.nextInt(3)) {
            case 0 -> pipeline.killAndRestartCapture();
            case 1 -> pipeline.killAndRestartSink();
            default -> {
              purge.kill();
              purge = Archive.start(installation, "purge");
            }
          }
        }
        traffic.stop();
        pipeline.awaitArchived();
        assertThat(purge.stop()).as(purge.output()).isZero();
        Archive.succeed(installation.settingsFile(), "purge", "--once");
        pipeline.awaitArchived();
      }

      System.out.println("seed " + SEED + ", changes " + ledger.changes());
      Oracle oracle = new Oracle(installation, ledger);
      oracle.everyCommittedRowIsKept();
      oracle.everyChangeStandsOnceInItsTopic();
      Journal.everyPurgedRowIsWitnessed(installation);
      assertThat(Journal.purged(installation)).isGreaterThan(20);
    }
  }
}
