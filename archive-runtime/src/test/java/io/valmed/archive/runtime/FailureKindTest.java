package io.valmed.archive.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a loop does after each kind of failure; the one table of it. */
class FailureKindTest {

  @ParameterizedTest
  @CsvSource({
    // connection lost, refused, broken off
    "08000, RETRY",
    "08001, RETRY",
    "08003, RETRY",
    "08006, RETRY",
    // serialization, deadlock, lock not available
    "40001, RETRY",
    "40P01, RETRY",
    "55P03, RETRY",
    // a slot or an origin still in use; a statement that somebody cancelled
    "55006, RETRY",
    "57014, RETRY",
    // resources: disk full, memory, connections
    "53000, RETRY",
    "53100, RETRY",
    "53200, RETRY",
    "53300, RETRY",
    // shutting down, crashed, starting, session timed out; read-only after a fail-over
    "57P01, RETRY",
    "57P02, RETRY",
    "57P03, RETRY",
    "57P05, RETRY",
    "25006, RETRY",
    // transaction and idle timeouts of the server
    "25P03, RETRY",
    "25P04, RETRY",
    // the row's fault
    "22001, QUARANTINE",
    "22003, QUARANTINE",
    "22007, QUARANTINE",
    "22021, QUARANTINE",
    "22P02, QUARANTINE",
    "23502, QUARANTINE",
    "23505, QUARANTINE",
    "23514, QUARANTINE",
    // a person's: login, rights, schema, damage, features, and what nobody has thought of
    "28000, STOP",
    "28P01, STOP",
    "42501, STOP",
    "42703, STOP",
    "42P01, STOP",
    "42804, STOP",
    "XX000, STOP",
    "XX001, STOP",
    "XX002, STOP",
    "0A000, STOP",
    "21000, STOP",
    "P0001, STOP",
    "58030, STOP",
    "54000, STOP"
  })
  void an_sqlstate_tells_what_happens_next(String state, FailureKind kind) {
    SQLException failure = new SQLException("as the server says", state);

    assertThat(FailureKind.of(failure)).isEqualTo(kind);
    assertThat(FailureKind.of(new ExecutionException(failure))).isEqualTo(kind);
  }

  @ParameterizedTest
  @MethodSource("others")
  void so_do_the_broker_and_the_network(Throwable failure, FailureKind kind) {
    assertThat(FailureKind.of(failure)).isEqualTo(kind);
  }

  static Stream<Arguments> others() {
    return Stream.of(
        Arguments.of(new UnknownTopicOrPartitionException("t"), FailureKind.RETRY),
        Arguments.of(new KafkaException("away"), FailureKind.RETRY),
        Arguments.of(new ProducerFencedException("another"), FailureKind.STOP),
        Arguments.of(new KafkaException(new ProducerFencedException("another")), FailureKind.STOP),
        Arguments.of(new RecordTooLargeException("large"), FailureKind.STOP),
        Arguments.of(new TopicAuthorizationException("t"), FailureKind.STOP),
        Arguments.of(new SocketException("reset"), FailureKind.RETRY),
        Arguments.of(new TimeoutException(), FailureKind.RETRY),
        Arguments.of(new IOException("pipe"), FailureKind.RETRY),
        Arguments.of(new IllegalStateException("ours"), FailureKind.STOP));
  }

  @Test
  void a_person_who_must_act_comes_before_whatever_caused_it() {
    StopException stop = new StopException("mend it", new SQLException("gone", "08006"));

    assertThat(FailureKind.of(new RuntimeException(stop))).isEqualTo(FailureKind.STOP);
  }
}
