package io.valmed.archive.operations.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.databases.seen.PurgedRows;
import io.valmed.archive.model.TableId;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class PurgeRateTest {
  private static final TableId ORDERS = TableId.parse("public.orders");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void what_is_left_is_told_at_the_rate_of_the_last_hour() {
    PurgeRate rate = PurgeRate.of(new PurgedRows(9_000, NOW, 3_000, 1_200), 2_400);

    assertThat(rate.secondsLeft()).isEqualTo(7200);
    assertThat(rate.line(ORDERS))
        .contains("9,000 rows", "1,200 roots in the last hour", "has left in 2 h");
  }

  @Test
  void nothing_is_promised_where_nothing_is_left_or_nothing_left() {
    assertThat(PurgeRate.of(new PurgedRows(9_000, NOW, 3_000, 1_200), 0).secondsLeft()).isNull();
    assertThat(PurgeRate.of(new PurgedRows(9_000, NOW, 3_000, 0), 2_400).secondsLeft()).isNull();
    assertThat(PurgeRate.of(new PurgedRows(9_000, NOW, 3_000, 0), 2_400).line(ORDERS))
        .endsWith("0 roots in the last hour");
  }
}
