package io.valmed.archive.purge.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Pages are as large as can be dealt with quickly. */
class PageSizeTest {
  private static final long QUICK = Duration.ofMillis(1).toNanos();

  private final PageSize size = new PageSize(1000);

  private void pages(int count) {
    for (int i = 0; i < count; i++) {
      size.took(QUICK * size.roots() / 10, size.roots());
    }
  }

  @Test
  void quick_pages_grow_to_the_most_that_is_allowed() {
    pages(20);

    assertThat(size.roots()).isEqualTo(1000);
  }

  @Test
  void slow_pages_shrink_to_what_takes_four_tenths_of_a_second() {
    pages(20);

    size.took(Duration.ofSeconds(4).toNanos(), 1000);

    assertThat(size.roots()).isEqualTo(100);
  }

  @Test
  void a_failed_page_is_followed_by_smaller_ones_for_a_while() {
    pages(20);

    size.failed();
    pages(3);

    assertThat(size.roots()).isBetween(500, 700);
  }

  @Test
  void whatever_fails_one_root_is_still_tried() {
    for (int i = 0; i < 100; i++) {
      size.failed();
    }

    assertThat(size.roots()).isEqualTo(1);
  }
}
