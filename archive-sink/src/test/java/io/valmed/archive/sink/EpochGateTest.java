package io.valmed.archive.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.sink.epoch.EpochGate;
import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.SchemaCatalog;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EpochGateTest {
  private static final Partition FIRST = new Partition("orders", 0);
  private static final Partition SECOND = new Partition("orders", 1);

  private final SchemaCatalog catalog = new SchemaCatalog();
  private final EpochGate gate = new EpochGate(catalog, Map.of("orders", TestTables.ORDERS));

  private void aPartitionWaitsForTheSecondEpoch() {
    Positions end = Positions.of(Map.of(FIRST.toString(), 10L, SECOND.toString(), 10L));
    catalog.add(Epoch.beginning(2, "7312", 1, Positions.NONE).completed(end, Map.of(), 0));
    gate.look();
    gate.held(SECOND);
  }

  @Test
  void what_waits_for_an_epoch_goes_on_when_it_is_opened() {
    aPartitionWaitsForTheSecondEpoch();

    assertThat(gate.freed()).isEmpty();
    assertThat(gate.open(2, TestTables.ORDERS)).containsExactly(SECOND);
    assertThat(gate.freed()).isEmpty();
  }

  @Test
  void what_waits_for_an_epoch_that_was_cut_short_goes_on_once_that_is_known() {
    aPartitionWaitsForTheSecondEpoch();

    Positions begins = Positions.of(Map.of(FIRST.toString(), 5L, SECOND.toString(), 12L));
    catalog.add(Epoch.beginning(3, "7312", 1, begins));
    gate.look();

    assertThat(gate.pending()).isEmpty();
    assertThat(gate.freed()).containsExactly(SECOND);
    assertThat(gate.freed()).isEmpty();
  }
}
