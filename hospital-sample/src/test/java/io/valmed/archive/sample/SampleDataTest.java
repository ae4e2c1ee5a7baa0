package io.valmed.archive.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SampleDataTest {
  private static final LocalDateTime NOW = LocalDateTime.parse("2026-11-05T10:15:30.123456");
  private static final Duration HISTORY = Duration.ofDays(400);

  private static SampleData data(long seed) {
    return new SampleData(seed, 20_000, HISTORY, NOW);
  }

  private static List<SampleRow.Order> orders(SampleData data) {
    return IntStream.range(0, data.orders()).mapToObj(data::order).toList();
  }

  @Test
  void the_same_seed_makes_the_same_rows() {
    SampleData one = data(7);
    SampleData other = data(7);

    assertThat(one.users()).isEqualTo(other.users());
    assertThat(one.drugs()).isEqualTo(other.drugs());
    for (int i = 0; i < 500; i++) {
      assertThat(one.order(i)).isEqualTo(other.order(i));
      assertThat(one.administrations(i, one.order(i)))
          .isEqualTo(other.administrations(i, other.order(i)));
      assertThat(one.transfer(i)).isEqualTo(other.transfer(i));
    }
  }

  @Test
  void another_seed_makes_other_orders_of_the_same_staff_and_drugs() {
    Set<UUID> ids = new HashSet<>();
    orders(data(1)).forEach(order -> ids.add(order.id()));
    orders(data(2)).forEach(order -> ids.add(order.id()));

    assertThat(ids).hasSize(40_000);
    assertThat(data(1).users()).isEqualTo(data(2).users());
  }

  @Test
  void the_proportions_are_a_hospitals() {
    SampleData data = data(1);
    List<SampleRow.Order> orders = orders(data);
    int administrations = 0;
    for (int i = 0; i < orders.size(); i++) {
      administrations += data.administrations(i, orders.get(i)).size();
    }

    Map<String, Long> byStatus =
        orders.stream()
            .collect(Collectors.groupingBy(SampleRow.Order::status, Collectors.counting()));
    assertThat(administrations).isBetween(59_000, 61_000);
    assertThat(data.transfers()).isEqualTo(2_000);
    assertThat(byStatus).containsOnlyKeys("active", "completed", "discontinued");
    assertThat(byStatus.get("completed")).isGreaterThan(14_000);
    assertThat(orders).filteredOn(order -> order.createdAt() == null).hasSizeBetween(50, 150);
    assertThat(orders)
        .filteredOn(order -> order.createdAt() != null)
        .allSatisfy(order -> assertThat(order.createdAt()).isBetween(NOW.minus(HISTORY), NOW));
    assertThat(data.users()).hasSize(SampleData.USERS);
    assertThat(data.drugs()).hasSize(SampleData.DRUGS);
  }

  @Test
  void some_old_orders_are_still_active() {
    assertThat(orders(data(1)))
        .anyMatch(
            order ->
                order.createdAt() != null
                    && order.createdAt().isBefore(NOW.minusDays(200))
                    && order.status().equals("active"));
  }

  @Test
  void no_row_passes_the_cold_boundary_while_a_trial_runs() {
    assertThat(orders(data(1)))
        .noneMatch(
            order ->
                order.createdAt() != null
                    && order.createdAt().isAfter(NOW.minusDays(90))
                    && order.createdAt().isBefore(NOW.minusDays(90).plusMinutes(20)));
  }
}
