package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Ledger;
import io.valmed.archive.e2e.support.Oracle;
import io.valmed.archive.e2e.support.Pipeline;
import io.valmed.archive.e2e.support.Traffic;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.e2e.support.WardWorld;
import io.valmed.archive.e2e.support.World;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EveryCommittedChangeReachesTheArchiveTest {

  static Stream<World> worlds() {
    return Stream.of(new ValMedWorld(), new WardWorld());
  }

  @ParameterizedTest
  @MethodSource("worlds")
  void the_archive_equals_hot_and_keeps_every_departure_while_writes_go_on(World world)
      throws Exception {
    Ledger ledger = new Ledger();
    try (Installation installation = Installation.of(world)) {
      Traffic.write(installation, new Ledger(), 60, 7L);
      try (Pipeline pipeline = Pipeline.start(installation);
          Traffic traffic = Traffic.start(installation, ledger, 6, 11L, 3)) {
        Thread.sleep(6_000);
        traffic.stop();
        pipeline.awaitArchived();
      }

      assertThat(ledger.changes()).isGreaterThan(1_000);
      Oracle oracle = new Oracle(installation, ledger);
      oracle.everyCommittedRowIsKept();
      oracle.everyChangeStandsOnceInItsTopic();
    }
  }
}
