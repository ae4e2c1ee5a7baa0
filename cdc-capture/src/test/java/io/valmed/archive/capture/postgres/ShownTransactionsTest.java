package io.valmed.archive.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which transactions a snapshot shows, by the ids that the stream has. */
class ShownTransactionsTest {

  @Test
  void those_below_its_end_that_were_not_open() {
    ShownTransactions shown = ShownTransactions.parse("750:760:752,758");

    assertThat(shown.show("749")).isTrue();
    assertThat(shown.show("752")).isFalse();
    assertThat(shown.show("758")).isFalse();
    assertThat(shown.show("759")).isTrue();
    assertThat(shown.show("760")).isFalse();
    assertThat(ShownTransactions.parse("760:760:").show("759")).isTrue();
  }

  @Test
  void ids_go_round_after_4_294_967_295() {
    // 64-bit ids of the second round; the stream has their lower halves.
    ShownTransactions shown = ShownTransactions.parse("4294967290:4294967300:4294967298");

    assertThat(shown.show("4294967290")).isTrue();
    assertThat(shown.show("1")).isTrue();
    assertThat(shown.show("2")).isFalse();
    assertThat(shown.show("4")).isFalse();
    assertThat(ShownTransactions.parse("8589934590:8589934594:").show("4294967295")).isTrue();
  }
}
