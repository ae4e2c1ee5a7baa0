package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A row that left while its table was parked is told in a later epoch: whatever has its key in the
 * mirror by then is another row, of whatever epoch.
 */
class PastDeparturesTest {
  private static final String MIRROR = "SELECT id, note, arc_epoch FROM orders ORDER BY id";
  private static final String COLD =
      "SELECT id, note, arc_cause, arc_epoch FROM public_cold.orders ORDER BY id, arc_lsn";

  private SinkFixture fixture;
  private TestCapture capture;

  @BeforeEach
  void rowsOfTheFirstEpochAreInTheMirror() throws Exception {
    fixture = new SinkFixture(TestTables.policy());
    fixture.topics().keepEveryRecord();
    capture = fixture.capture();
    capture.commit(
        () -> {
          capture.epoch(new Epoch(1, "7312", 1, true, Positions.NONE));
          capture.version(ORDERS_V1);
          capture.create(ORDERS_V1, "1", "standing", null);
          capture.create(ORDERS_V1, "2", "standing, too", null);
        });
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void it_goes_to_the_cold_store_and_the_row_that_has_its_key_stays() throws Exception {
    fixture.startSink();
    fixture.awaitApplied();
    // As where an epoch was passed over: the mirror's row is of the first one still.
    capture.inEpoch(3);
    capture.commit(
        () -> {
          capture.departPast(1, ORDERS_V1, "1", "came", null);
          capture.departPast(2, ORDERS_V1, "1", "came again", null);
        });
    fixture.awaitApplied();

    assertThat(fixture.query(MIRROR)).containsExactly("1|standing|1", "2|standing, too|1");
    assertThat(fixture.query(COLD)).containsExactly("1|came|deleted|1", "1|came again|deleted|2");
  }

  @Test
  void it_takes_nothing_of_its_own_batch_away() throws Exception {
    capture.commit(
        () -> {
          capture.inEpoch(2).create(ORDERS_V1, "3", "new", null);
          capture.departPast(1, ORDERS_V1, "3", "old", null);
          capture.update(ORDERS_V1, "3", "newer", null);
          capture.departPast(1, ORDERS_V1, "2", "old, too", null);
        });
    fixture.startSink();
    fixture.awaitApplied();

    assertThat(fixture.query(MIRROR))
        .containsExactly("1|standing|1", "2|standing, too|1", "3|newer|2");
    assertThat(fixture.query(COLD)).containsExactly("2|old, too|deleted|1", "3|old|deleted|1");
  }
}
