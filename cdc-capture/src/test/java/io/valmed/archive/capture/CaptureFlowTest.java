package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The plain way: a snapshot, then each change once, in order. */
class CaptureFlowTest {

  @Test
  void rows_from_before_come_as_reads_and_changes_after_that_once_and_in_order() {
    try (HotFixture hot =
        new HotFixture().root("public.orders", "id int primary key, at timestamp, note text")) {
      hot.sql("INSERT INTO orders SELECT i, now(), 'old ' || i FROM generate_series(1, 5) i");
      hot.startAndPass();

      hot.sql("INSERT INTO orders VALUES (6, NULL, 'new')");
      hot.sql("UPDATE orders SET note = 'changed' WHERE id = 6");
      hot.sql("DELETE FROM orders WHERE id = 6");
      hot.awaitPassed();

      assertThat(hot.topic("public.orders").told("note"))
          .containsSubsequence("c new", "u changed", "deleted changed")
          .contains("r old 1", "r old 2", "r old 3", "r old 4", "r old 5")
          .hasSize(8);
    }
  }
}
