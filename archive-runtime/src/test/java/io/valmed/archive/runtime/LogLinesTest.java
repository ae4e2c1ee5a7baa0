package io.valmed.archive.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A log tells changes of state once, what lasts every ten minutes, and work every minute. */
class LogLinesTest {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private static final Duration SHORT = Duration.ofMillis(1);

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.valmed.archive.runtime");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final AtomicLong clock = new AtomicLong();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
  }

  private List<String> told() {
    return lines.list.stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }

  /** Fails so often at its first step, then ends; each time asked, a minute has passed. */
  private WorkLoop failing(int times, Exception failure) {
    AtomicInteger left = new AtomicInteger(times);
    Work work =
        new Work() {
          @Override
          public Next step() throws Exception {
            if (left.getAndDecrement() > 0) {
              throw failure;
            }
            return Next.DONE;
          }

          @Override
          public void close() {}
        };
    return new WorkLoop(
        "test",
        () -> work,
        SHORT,
        new Backoff(SHORT, SHORT, new Random(1)),
        () -> clock.getAndAdd(MINUTE));
  }

  @Test
  void a_service_that_waits_says_so_at_once_and_then_every_ten_minutes() {
    failing(25, new SQLException("connection refused", "08001")).run();

    assertThat(told())
        .containsExactly(
            "INFO test is running",
            "WARN test waits to try again: connection refused (SQLSTATE 08001)",
            "WARN test waits to try again: connection refused (SQLSTATE 08001)",
            "WARN test waits to try again: connection refused (SQLSTATE 08001)",
            "INFO test is running",
            "INFO test is done");
  }

  @Test
  void where_a_failure_happened_is_told_to_whoever_asks_for_more() {
    failing(1, new IllegalStateException("a fault of ours")).run();

    assertThat(told())
        .containsExactly("INFO test is running", "ERROR test stopped: a fault of ours");
    assertThat(lines.list)
        .filteredOn(event -> event.getLevel() == Level.DEBUG)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(text -> text.contains("\tat io.valmed.archive.runtime.LogLinesTest"));
  }

  @Test
  void work_tells_its_rows_its_rate_and_what_is_left_and_nothing_while_there_is_none() {
    AtomicLong rows = new AtomicLong();
    try (ProgressLog progress =
        new ProgressLog("test", rows::get, () -> "about 40 rows", clock::get)) {
      progress.tell();
      clock.addAndGet(MINUTE);
      rows.set(1200);
      progress.tell();
      clock.addAndGet(MINUTE);
      progress.tell();
    }

    assertThat(told()).containsExactly("INFO test works");
    assertThat(lines.list.get(0).getKeyValuePairs())
        .extracting(Object::toString)
        .containsExactly("rows=\"1200\"", "per_second=\"20\"", "left=\"about 40 rows\"");
  }

  @Test
  void a_state_is_told_again_after_ten_minutes_and_another_one_at_once() {
    Reminder reminder = new Reminder(clock::get);

    assertThat(reminder.due("held")).isTrue();
    clock.addAndGet(9 * MINUTE);
    assertThat(reminder.due("held")).isFalse();
    assertThat(reminder.due("held by another")).isTrue();
    clock.addAndGet(10 * MINUTE);
    assertThat(reminder.due("held by another")).isTrue();
    assertThat(reminder.over()).isTrue();
    assertThat(reminder.over()).isFalse();
    assertThat(reminder.due("held by another")).isTrue();
  }
}
