package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.maintain.ClockWatch;
import io.valmed.archive.purge.maintain.Clocks;
import io.valmed.archive.purge.maintain.Clocks.Doubt;
import io.valmed.archive.purge.postgres.DatabaseClocks;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** The clocks of real servers, and the hold in hot. */
class ClocksOfServersTest {
  @Test
  void servers_of_one_machine_agree_and_a_worker_whose_clock_is_wrong_holds_all_purging()
      throws Exception {
    PurgeScene scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 5);
    scene.mirrored();
    ClockWatch right = new ClockWatch(Duration.ofSeconds(5), System::nanoTime);
    try (Clocks clocks = DatabaseClocks.open(scene.settings().make(), InstantSource.system())) {
      right.lookIfDue(clocks);
      assertThat(right.hotAhead()).isBetween(-5.0, 5.0);
      assertThat(right.archiveAhead()).isBetween(-5.0, 5.0);
      assertThat(clocks.held(Doubt.SKEW)).isFalse();
    }

    InstantSource wrong = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-3));
    try (Clocks clocks = DatabaseClocks.open(scene.settings().make(), wrong)) {
      ClockWatch watch = new ClockWatch(Duration.ofSeconds(5), System::nanoTime);
      watch.lookIfDue(clocks);
      new ClockWatch(Duration.ofSeconds(5), System::nanoTime).lookIfDue(clocks);

      assertThat(watch.hotAhead()).isBetween(175.0, 185.0);
      assertThat(clocks.held(Doubt.SKEW)).isTrue();
      assertThat(scene.hot.count("arc.purge_hold WHERE released_at IS NULL")).isEqualTo(1);
      PurgeCounts counts = scene.purge();
      assertThat(PurgeScene.heldBecause(counts, Valmed.ORDERS))
          .contains("* is held by purge-clock-skew")
          .contains("purge.clock-skew allows 5.0 s");
      assertThat(scene.hot.count("medication_orders")).isEqualTo(5);
      clocks.release(Doubt.SKEW);
      assertThat(clocks.held(Doubt.SKEW)).isFalse();
    }
    assertThat(scene.purge().rows()).containsEntry(Valmed.ORDERS, 5L);
  }
}
