package io.valmed.archive.purge.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.maintain.Clocks.Doubt;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Purging is held while hot's clock cannot be believed. */
class ClockWatchTest {
  private static final TableId TABLE = TableId.parse("public.orders");

  private long nanos = -5;
  private final Wrong clocks = new Wrong();
  private final ClockWatch watch = new ClockWatch(Duration.ofSeconds(5), () -> nanos);

  /** Clocks that can be set. */
  private static final class Wrong implements Clocks {
    private final Map<Doubt, String> holds = new EnumMap<>(Doubt.class);
    private long hot;
    private long archive;
    private long worker;
    private long uncertain = 1000;

    private ClockReading reading(long seconds) {
      return new ClockReading(seconds * 1_000_000, uncertain);
    }

    @Override
    public ClockReading hot() {
      return reading(hot);
    }

    @Override
    public ClockReading archive() {
      return reading(archive);
    }

    @Override
    public ClockReading worker() {
      return reading(worker);
    }

    @Override
    public void hold(Doubt doubt, String reason) {
      holds.putIfAbsent(doubt, reason);
    }

    @Override
    public void release(Doubt doubt) {
      holds.remove(doubt);
    }

    @Override
    public boolean held(Doubt doubt) {
      return holds.containsKey(doubt);
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void agreed() throws SQLException {
    watch.lookIfDue(clocks);
    assertThat(clocks.holds).isEmpty();
  }

  private void seconds(int count) throws SQLException {
    for (int i = 0; i < count; i += 10) {
      nanos += Duration.ofSeconds(10).toNanos();
      watch.lookIfDue(clocks);
    }
  }

  @Test
  void clocks_that_differ_hold_until_they_have_agreed_for_a_minute() throws SQLException {
    clocks.archive = -7;

    seconds(10);

    assertThat(clocks.holds.get(Doubt.SKEW)).contains("7.0 s").contains("purge.clock-skew");
    assertThat(watch.archiveAhead()).isEqualTo(-7);
    seconds(600);
    assertThat(clocks.holds).containsKey(Doubt.SKEW);
    clocks.archive = 0;
    seconds(60);
    assertThat(clocks.holds).containsKey(Doubt.SKEW);
    seconds(10);
    assertThat(clocks.holds).isEmpty();
  }

  @Test
  void a_jump_of_all_clocks_holds_until_a_person_says_that_they_are_right() throws SQLException {
    clocks.hot = 9_000_000;
    clocks.archive = 9_000_000;
    clocks.worker = 9_000_000;

    seconds(600);

    assertThat(clocks.holds.get(Doubt.JUMP)).contains("9000000.0 s").contains("purge resume");
    clocks.holds.clear();
    seconds(600);
    assertThat(clocks.holds).isEmpty();
  }

  @Test
  void a_jump_that_is_taken_back_is_released_a_minute_later() throws SQLException {
    clocks.hot = -3600;
    seconds(10);
    assertThat(clocks.holds).containsOnlyKeys(Doubt.JUMP, Doubt.SKEW);

    clocks.hot = 0;
    seconds(60);
    assertThat(clocks.holds).hasSize(2);
    seconds(10);
    assertThat(clocks.holds).isEmpty();
  }

  @Test
  void a_jump_before_the_start_stays_held_until_a_person_releases_it() throws SQLException {
    clocks.holds.put(Doubt.JUMP, "by an earlier life");
    ClockWatch next = new ClockWatch(Duration.ofSeconds(5), () -> nanos);
    for (int i = 0; i < 100; i++) {
      next.lookIfDue(clocks);
      nanos += Duration.ofSeconds(10).toNanos();
    }

    assertThat(clocks.holds).containsOnlyKeys(Doubt.JUMP);
    clocks.holds.clear();
    next.lookIfDue(clocks);
    assertThat(clocks.holds).isEmpty();
  }

  @Test
  void a_page_that_reads_a_clock_that_has_jumped_since_the_last_look_is_given_up() {
    ClockReading jumped = new ClockReading(6_000_000, 0);

    assertThatThrownBy(() -> watch.check(TABLE, jumped))
        .isInstanceOf(TableHeldException.class)
        .hasMessageContaining("6.0 s");
    assertThatCode(() -> watch.check(TABLE, new ClockReading(4_900_000, 0)))
        .doesNotThrowAnyException();
  }

  @Test
  void a_slow_answer_is_no_difference() throws SQLException {
    clocks.uncertain = 4_000_000;
    clocks.hot = 8;

    seconds(60);

    assertThat(clocks.holds).isEmpty();
  }

  @Test
  void a_clock_that_is_corrected_little_by_little_never_jumps() throws SQLException {
    for (int i = 1; i < 100; i++) {
      clocks.hot = i;
      clocks.archive = i;
      clocks.worker = i;
      seconds(10);
    }

    assertThat(clocks.holds).isEmpty();
  }
}
