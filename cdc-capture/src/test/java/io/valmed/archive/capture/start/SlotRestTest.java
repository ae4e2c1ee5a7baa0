package io.valmed.archive.capture.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.event.SourceOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** From where an old slot is read when a new epoch begins. */
class SlotRestTest {
  private static final SourceOffset.Part PART = new SourceOffset.Part("7", 3, 420);

  private static HotState hot(HotState.@Nullable Slot slot, int timeline, Map<Integer, Long> left) {
    return new HotState(
        new HotState.Database("sys", timeline, 1_000, left),
        HotState.Heartbeat.NONE,
        slot,
        null,
        Map.of(),
        Map.of());
  }

  private static HotState.Slot slot(long confirmed) {
    return new HotState.Slot(0, null, confirmed);
  }

  private static SourceOffset offset(long lsn) {
    return new SourceOffset(lsn, PART, 0, 1, "sys", 1, Map.of());
  }

  @Test
  void there_is_nothing_without_a_slot_that_has_its_wal() {
    assertThat(SlotRest.of(hot(null, 1, Map.of()), offset(400), false)).isNull();
    HotState.Slot lost = new HotState.Slot(0, "wal_removed", 300);
    assertThat(SlotRest.of(hot(lost, 1, Map.of()), offset(400), false)).isNull();
  }

  @Test
  void it_begins_behind_what_kafka_has_with_the_part_of_a_transaction() {
    assertThat(SlotRest.of(hot(slot(300), 1, Map.of()), offset(400), false))
        .isEqualTo(new SlotRest(400, PART));
  }

  @Test
  void it_begins_where_the_slot_does_when_kafka_has_less_or_does_not_know() {
    assertThat(SlotRest.of(hot(slot(500), 1, Map.of()), offset(400), false))
        .isEqualTo(new SlotRest(500, null));
    assertThat(SlotRest.of(hot(slot(500), 1, Map.of()), null, true))
        .isEqualTo(new SlotRest(500, null));
  }

  @Test
  void after_a_failover_that_lost_changes_it_begins_where_the_histories_part() {
    HotState promoted = hot(slot(200), 2, Map.of(1, 350L));
    assertThat(SlotRest.of(promoted, offset(400), true)).isEqualTo(new SlotRest(350, null));
    HotState further = hot(slot(380), 2, Map.of(1, 350L));
    assertThat(SlotRest.of(further, offset(400), true)).isEqualTo(new SlotRest(380, null));
  }

  @Test
  void where_hot_was_put_back_it_begins_where_the_slot_does() {
    assertThat(SlotRest.of(hot(slot(200), 1, Map.of()), offset(1_400), true))
        .isEqualTo(new SlotRest(200, null));
  }
}
