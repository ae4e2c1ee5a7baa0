package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.CaptureSettings.Stream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Either stream goes on where the other stood, also within a transaction. */
class OtherStreamTest {
  private static final int ROWS = 100;
  private static final int CUT = 10;

  private final HotFixture hot = new HotFixture();

  @AfterEach
  void close() {
    hot.close();
  }

  @ParameterizedTest
  @EnumSource
  void a_transaction_that_one_left_in_part_is_ended_by_the_other(Stream first) {
    Stream other = first == Stream.DIRECT ? Stream.ENGINE : Stream.DIRECT;
    hot.root("public.orders", "id int primary key, at timestamp, note text")
        .withPartitions(1)
        .cutAfter(CUT)
        .provision();
    AtomicInteger rows = new AtomicInteger();
    hot.reads(first)
        .start(
            CaptureOptions.NONE,
            (place, event) -> {
              boolean order =
                  event instanceof SourceEvent.RowChange row
                      && row.table().id().name().equals("orders");
              if (order && rows.incrementAndGet() == ROWS / 2 + CUT / 2) {
                throw new StopException("planned end");
              }
            });
    hot.awaitPassed();

    hot.sql(
        "INSERT INTO orders SELECT i, NULL, 'one' FROM generate_series(1, %d) i".formatted(ROWS));
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> hot.running().state() instanceof LoopState.Failed);
    hot.stop();
    List<String> before = hot.topic("public.orders").told("id");
    hot.reads(other).start();
    hot.awaitPassed();

    List<String> all = IntStream.rangeClosed(1, ROWS).mapToObj(id -> "c " + id).toList();
    assertThat(before).isNotEmpty().hasSizeLessThan(ROWS).isEqualTo(all.subList(0, before.size()));
    assertThat(hot.topic("public.orders").told("id")).isEqualTo(all);
  }
}
