package io.valmed.archive.purge.pace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Attempts that come to nothing become rare, and are never given up. */
class HasteTest {
  private final Haste haste = new Haste();

  private int pagesUntilTried() {
    int pages = 1;
    while (!haste.tries()) {
      pages++;
    }
    return pages;
  }

  @Test
  void every_page_is_tried_while_it_pays() {
    haste.paid();

    assertThat(haste.tries()).isTrue();
    assertThat(haste.tries()).isTrue();
  }

  @Test
  void the_more_attempts_fail_the_more_pages_lie_between_them_up_to_a_limit() {
    int[] waits = new int[9];
    for (int i = 0; i < waits.length; i++) {
      haste.failed();
      waits[i] = pagesUntilTried();
    }

    assertThat(waits).containsExactly(2, 3, 5, 9, 17, 33, 65, 65, 65);
  }

  @Test
  void one_that_pays_ends_the_pauses() {
    haste.failed();
    haste.failed();
    pagesUntilTried();
    haste.paid();

    assertThat(haste.tries()).isTrue();
  }
}
