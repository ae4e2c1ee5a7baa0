package io.valmed.archive.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.e2e.support.Ledger.RowKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LivesTest {
  private static final RowKey ROW = new RowKey(OperatorWorld.THINGS, List.of("1"));
  private static final Image WRITTEN = image(7, "a");

  private final Lives lives = new Lives();

  private static Image image(long stamp, String value) {
    return new Image(ROW, stamp, Map.of("v", value), "");
  }

  @Test
  void a_row_that_ddl_has_rewritten_and_that_left_before_anybody_looked_left_as_it_was_then() {
    lives.wrote(WRITTEN);

    lives.left(image(7, "A"));

    assertThat(lives.owed()).containsExactly(List.of(image(7, "A")));
  }

  @Test
  void a_row_that_nothing_could_read_as_ddl_had_made_it_may_be_kept_as_it_was_before() {
    lives.wrote(WRITTEN);
    lives.observe(List.of(image(7, "A")));
    lives.observe(List.of());

    assertThat(lives.owed()).containsExactly(List.of(WRITTEN, image(7, "A")));
  }

  @Test
  void once_services_have_read_it_only_what_ddl_has_made_of_it_is_owed() {
    lives.wrote(WRITTEN);
    lives.observe(List.of(image(7, "A")));
    lives.settled();
    lives.observe(List.of());

    assertThat(lives.owed()).containsExactly(List.of(image(7, "A")));
  }

  @Test
  void a_row_that_left_at_a_write_that_is_not_known_is_owed_as_it_was_known_last() {
    lives.wrote(WRITTEN);

    lives.left(image(8, "b"));

    assertThat(lives.owed()).containsExactly(List.of(WRITTEN));
  }
}
