package io.valmed.archive.capture.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceEvent.Place;
import io.valmed.archive.capture.event.SourceEvent.RowChange;
import io.valmed.archive.capture.event.StreamedTable;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.change.RowImage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Events go from the stream's thread to capture's in order, and never take too much memory. */
final class EventQueueTest {
  private static final int MEBIBYTE = 1024 * 1024;
  private static final StreamedTable TABLE =
      new StreamedTable(new TableId("public", "orders"), 1, List.of("note"), true);

  private final EventQueue queue = new EventQueue();

  @Test
  void many_batches_come_in_order_and_whole() throws InterruptedException {
    List<SourceEvent> sent = new ArrayList<>();
    List<SourceEvent> taken = new ArrayList<>();

    for (int i = 0; i < 20_000; i++) {
      SourceEvent event = row(10);
      sent.add(event);
      queue.add(event);
      if (queue.full()) {
        while (!queue.handOver(1)) {
          taken.addAll(queue.take(1));
        }
      }
    }
    queue.handOver(1);
    for (var more = queue.take(1); !more.isEmpty(); more = queue.take(1)) {
      taken.addAll(more);
    }

    assertThat(taken).hasSameSizeAs(sent);
    for (int i = 0; i < sent.size(); i++) {
      assertThat(taken.get(i)).isSameAs(sent.get(i));
    }
  }

  @Test
  void what_would_take_too_much_memory_waits_until_there_is_room() throws InterruptedException {
    int handedOver = 0;
    do {
      queue.add(row(5 * MEBIBYTE));
      handedOver++;
    } while (queue.handOver(1) && handedOver < 100);

    assertThat(handedOver).isBetween(2, 10);
    assertThat(queue.take(1)).isNotEmpty();
    assertThat(queue.handOver(1)).as("while capture has them in hand").isFalse();
    assertThat(queue.take(1)).isEmpty();
    assertThat(queue.handOver(1)).isTrue();
  }

  @Test
  void a_row_larger_than_the_bound_passes_alone() throws InterruptedException {
    queue.add(row(60 * MEBIBYTE));

    assertThat(queue.full()).isTrue();
    assertThat(queue.handOver(1)).isTrue();
    queue.add(row(1));
    assertThat(queue.handOver(1)).isFalse();
    assertThat(queue.take(1)).hasSize(1);
    assertThat(queue.take(1)).isEmpty();
    assertThat(queue.handOver(1)).isTrue();
  }

  @Test
  void nothing_is_handed_over_of_nothing() throws InterruptedException {
    assertThat(queue.handOver(1)).isTrue();
    assertThat(queue.take(1)).isEmpty();
  }

  private static SourceEvent row(int characters) {
    @Nullable String[] values = {"x".repeat(characters)};
    return new RowChange(
        TABLE, Operation.CREATE, null, new RowImage(values), true, new Place(1, 1, 1, null));
  }
}
