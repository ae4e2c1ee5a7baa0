package io.valmed.archive.sink.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.sink.postgres.epoch.ReconciliationTable.Confirmation;
import io.valmed.archive.sink.postgres.epoch.SnapshotCount;
import io.valmed.archive.sink.postgres.epoch.UnseenRule;
import io.valmed.archive.sink.postgres.epoch.UnseenRule.Refusal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnseenRuleTest {
  private static final TableId TABLE = new TableId("public", "it's");

  @ParameterizedTest
  @CsvSource({
    "1, 99, 1, false",
    "1, 9900, 100, false",
    "1, 9899, 101, true",
    "1, 100000, 1010, false",
    "1, 9, 1, false",
    "1, 8, 2, true",
    "1, 0, 1, true",
    "0, 1000, 1, false",
    "0, 0, 0, false",
    "100, 0, 5000, false",
  })
  void a_small_share_of_a_table_goes_unasked(int share, long applied, long unseen, boolean asks) {
    assertThat(refusal(share, applied, applied, unseen, null) != null).isEqualTo(asks);
  }

  @Test
  void a_word_covers_as_many_rows_as_it_names_and_counts_that_differ_only_if_it_says_so() {
    assertThat(refusal(1, 10, 10, 90, new Confirmation(1, 90, null))).isNull();
    assertThat(refusal(1, 10, 10, 91, new Confirmation(1, 90, null))).isNotNull();
    assertThat(refusal(1, 11, 10, 90, new Confirmation(1, 90, null))).isNotNull();
    assertThat(refusal(1, 11, 10, 90, new Confirmation(1, 90, 10L))).isNull();
    assertThat(refusal(1, 11, 9, 90, new Confirmation(1, 90, 10L))).isNotNull();
  }

  @Test
  void a_name_that_a_shell_would_take_apart_is_quoted() {
    Refusal asks = refusal(1, 1, 1, 5, null);

    assertThat(asks).isNotNull();
    assertThat(asks.sentence()).contains("confirm 'public.\"it'\\''s\"' --epoch 2");
  }

  private static @Nullable Refusal refusal(
      int share, long announced, long applied, long unseen, @Nullable Confirmation confirmation) {
    Epoch epoch =
        new Epoch(2, "7", 1, false, Positions.NONE)
            .completed(Positions.NONE, Map.of(TABLE, announced), 0);
    return new UnseenRule(share)
        .refusal(epoch, TABLE, new SnapshotCount(applied, unseen), confirmation);
  }
}
