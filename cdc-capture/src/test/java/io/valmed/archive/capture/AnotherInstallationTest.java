package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.kafka.KafkaHistory;
import io.valmed.archive.capture.start.StoredState;
import io.valmed.archive.model.topic.SchemaRecord.Installed;
import io.valmed.archive.runtime.LoopState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Capture writes nothing where hot, slot, topics or offset are not of one installation. */
class AnotherInstallationTest {
  private static final CaptureOptions NEW_EPOCH = new CaptureOptions(true);

  private final HotFixture hot = new HotFixture();

  @BeforeEach
  void captured_once() {
    hot.root("public.orders", "id int primary key, at timestamp, note text")
        .withPartitions(1)
        .provision();
    hot.sql("INSERT INTO orders VALUES (1, NULL, 'a')");
    hot.startAndPass();
    hot.stop();
  }

  @AfterEach
  void close() {
    hot.close();
  }

  private String startFails(CaptureOptions options) {
    CaptureService service = hot.start(options, FailPoint.NONE);
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> service.state().ended());
    assertThat(service.state()).isInstanceOf(LoopState.Failed.class);
    String told = service.state().describe();
    hot.stop();
    return told;
  }

  private StoredState stored() {
    return new KafkaHistory(hot.settings()).read();
  }

  private String written() {
    return hot.topic("public.orders").changes().size()
        + hot.value(
            "SELECT format(' %s %s %s', (SELECT beat FROM arc.heartbeat), (SELECT count(*) FROM arc.purge_hold), (SELECT oid FROM pg_publication WHERE pubname = 'arc'))");
  }

  @Test
  void another_hot_database_system_or_slot_is_refused_before_anything_is_written() {
    StoredState before = stored();
    String written = written();

    for (String differs :
        List.of(
            "database_oid = 1",
            "system_identifier = '1'",
            "slot = 'other'",
            "publication = 'other'",
            "prefix = 'other'")) {
      hot.sql("CREATE TABLE kept AS SELECT * FROM arc.installation");
      hot.sql("UPDATE arc.installation SET " + differs);
      for (CaptureOptions options : List.of(CaptureOptions.NONE, NEW_EPOCH)) {
        assertThat(startFails(options))
            .containsAnyOf("belongs to hot", "has slot", "does not know installation");
      }
      hot.sql(
          "DELETE FROM arc.installation; INSERT INTO arc.installation SELECT * FROM kept; DROP TABLE kept");
    }

    assertThat(written()).isEqualTo(written);
    assertThat(stored()).isEqualTo(before);
  }

  @Test
  void
      topics_of_another_database_are_refused_until_a_person_has_adopted_it_and_asks_for_an_epoch() {
    Installed first = Objects.requireNonNull(stored().installation());
    hot.sql("UPDATE arc.installation SET installation = gen_random_uuid()");
    int changes = hot.topic("public.orders").changes().size();

    assertThat(startFails(CaptureOptions.NONE)).contains("hold the history of hot");
    assertThat(startFails(NEW_EPOCH)).contains("hold the history of hot");
    hot.sql(
        "INSERT INTO arc.installation_change (prefix, was, became, was_told, became_told, reason) SELECT prefix, '%s', installation, 'x', 'y', 'moved' FROM arc.installation"
            .formatted(first.installation()));
    assertThat(startFails(CaptureOptions.NONE)).contains("was adopted").contains("--new-epoch");
    assertThat(hot.topic("public.orders").changes()).hasSize(changes);

    hot.start(NEW_EPOCH, FailPoint.NONE);
    hot.awaitPassed();
    hot.stop();

    StoredState now = stored();
    UUID second =
        UUID.fromString(
            Objects.requireNonNull(hot.value("SELECT installation FROM arc.installation")));
    assertThat(Objects.requireNonNull(now.installation()).installation()).isEqualTo(second);
    assertThat(Objects.requireNonNull(now.offset()).installation()).isEqualTo(second);
    assertThat(now.offset().epoch()).isEqualTo(2);
  }

  @Test
  void an_offset_of_another_installation_is_refused_until_a_new_epoch() {
    UUID own = Objects.requireNonNull(Objects.requireNonNull(stored().offset()).installation());
    offsetOf(own, UUID.randomUUID());

    assertThat(startFails(CaptureOptions.NONE))
        .contains("is of installation")
        .contains("--new-epoch");

    hot.start(NEW_EPOCH, FailPoint.NONE);
    hot.awaitPassed();
    hot.stop();
    assertThat(Objects.requireNonNull(stored().offset()).installation()).isEqualTo(own);
  }

  @Test
  void an_offset_that_does_not_say_whose_it_is_is_taken_over() {
    UUID own = Objects.requireNonNull(Objects.requireNonNull(stored().offset()).installation());
    offsetOf(own, null);
    assertThat(Objects.requireNonNull(stored().offset()).installation()).isNull();

    hot.startAndPass();
    hot.stop();

    assertThat(Objects.requireNonNull(stored().offset()).installation()).isEqualTo(own);
    assertThat(Objects.requireNonNull(stored().offset()).epoch()).isOne();
  }

  /** Writes the newest offset again, with this id in place of its own. */
  private void offsetOf(UUID own, @Nullable UUID other) {
    String topic = hot.topics().captureOffsets();
    String newest = new OffsetsTopic(hot.settings()).newest(hot.slot());
    String said = "\"installation\":\"" + own + "\"";
    assertThat(newest).contains(said);
    String changed =
        newest.replace(
            said, other == null ? "\"nothing\":0" : "\"installation\":\"" + other + "\"");
    Map<String, Object> properties = hot.settings().kafka().clientProperties("test");
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
      assertThat(producer.send(new ProducerRecord<>(topic, 0, hot.slot(), changed)))
          .succeedsWithin(Duration.ofSeconds(30));
    }
  }
}
