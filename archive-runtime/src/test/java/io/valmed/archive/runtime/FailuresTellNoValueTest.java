package io.valmed.archive.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.SocketException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.LoggerFactory;

/** What fails is told without the values that PostgreSQL quotes. */
class FailuresTellNoValueTest {
  private static final String CANARY = "CANARY-7391";

  private static PSQLException refused(String state) {
    return new PSQLException(
        new ServerErrorMessage(
            "SERROR\0C%s\0Minvalid input syntax for type integer: \"%s\"\0DKey (id)=(%s)\0"
                .formatted(state, CANARY, CANARY)));
  }

  private static Exception thrownBy(Runnable library) {
    try {
      library.run();
    } catch (RuntimeException e) {
      return e;
    }
    throw new AssertionError("not refused");
  }

  static Stream<Throwable> failures() {
    SQLException batch =
        new BatchUpdateException(
            "Batch entry 0 INSERT ('" + CANARY + "') was aborted", "23505", 0, new int[0]);
    batch.setNextException(refused("23505"));
    return Stream.of(
        refused("22P02"),
        refused("23505"),
        batch,
        new SQLException("value " + CANARY, "22001"),
        thrownBy(() -> Long.parseLong(CANARY)),
        thrownBy(() -> UUID.fromString(CANARY.repeat(9))),
        new IllegalStateException(thrownBy(() -> Long.parseLong(CANARY))),
        new IllegalStateException("wraps " + CANARY, refused("22P02")),
        new StopException("A row was refused.", refused("22P02")));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void neither_sentence_nor_trace_quotes_a_value(Throwable failure) {
    assertThat(Failures.trace(failure)).doesNotContain(CANARY).contains("FailuresTellNoValueTest");
    assertThat(Failures.sentence(failure)).doesNotContain(CANARY);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void a_loop_that_stops_logs_no_value(Throwable failure) {
    Logger logger = (Logger) LoggerFactory.getLogger(WorkLoop.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    logger.setAdditive(false);
    try {
      loop(failure).run();
    } finally {
      logger.setAdditive(true);
      logger.detachAppender(logged);
    }

    assertThat(logged.list).isNotEmpty();
    assertThat(logged.list)
        .allSatisfy(
            event -> {
              assertThat(event.getFormattedMessage()).doesNotContain(CANARY);
              assertThat(event.getThrowableProxy()).isNull();
            });
  }

  @Test
  void a_failure_without_a_message_of_its_own_is_told_by_its_cause() {
    Exception wrapped =
        new IllegalStateException(new ExecutionException(new SocketException("Connection reset")));

    assertThat(Failures.sentence(wrapped)).isEqualTo("Connection reset");
    assertThat(Failures.sentence(thrownBy(() -> Long.parseLong(CANARY))))
        .isEqualTo("NumberFormatException");
  }

  @Test
  void an_error_ends_the_loop_visibly() {
    WorkLoop loop = loop(new OutOfMemoryError("planned"));

    loop.run();

    assertThat(loop.state()).isInstanceOf(LoopState.Failed.class);
    assertThat(loop.state().ready()).isFalse();
  }

  private static WorkLoop loop(Throwable failure) {
    return new WorkLoop(
        "test",
        () -> {
          if (failure instanceof Error error) {
            throw error;
          }
          throw (Exception) failure;
        },
        Duration.ofMillis(1),
        new Backoff(Duration.ofMillis(1), Duration.ofMillis(1), new Random(1)));
  }
}
