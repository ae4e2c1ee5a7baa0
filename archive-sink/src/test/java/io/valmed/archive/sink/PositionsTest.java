package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.DOSES_V1;
import static io.valmed.archive.sink.TestTables.HEARTBEAT_V1;
import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.change.DepartureCause;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PositionsTest {

  @Test
  void a_topic_that_was_created_anew_is_refused() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      oneOrderApplied(fixture);
      String topic = fixture.settings().topics().table(ORDERS_V1.table());
      recreate(fixture, topic);

      assertThat(SinkFixture.awaitFailure(fixture.startSink()))
          .contains(topic + " was deleted and created anew");
    }
  }

  @Test
  void nothing_is_applied_of_a_topic_that_is_created_anew_while_the_sink_runs() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      oneOrderApplied(fixture);
      SinkService sink = fixture.startSink();
      await().atMost(Duration.ofSeconds(60)).until(() -> sink.state().ready());

      recreate(fixture, fixture.settings().topics().table(ORDERS_V1.table()));
      TestCapture capture = fixture.capture();
      capture.commit(
          () -> {
            for (int i = 100; i < 200; i++) {
              capture.create(ORDERS_V1, String.valueOf(i), "of another topic", null);
            }
          });

      assertThat(SinkFixture.awaitFailure(sink))
          .containsAnyOf("was deleted and created anew", "no longer, or not yet, in their topics");
      assertThat(fixture.query("SELECT id FROM orders")).containsExactly("1");
    }
  }

  @Test
  void a_position_beyond_the_end_of_its_topic_is_refused() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      oneOrderApplied(fixture);
      fixture.run("UPDATE arc.sink_position SET position = position + 5");

      assertThat(SinkFixture.awaitFailure(fixture.startSink()))
          .contains("is outside its topic")
          .contains("records have been lost there");
    }
  }

  @Test
  void an_archive_rebuilt_from_compacted_topics_is_the_same() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      capture.commit(
          () -> {
            capture.version(ORDERS_V1);
            capture.version(DOSES_V1);
          });
      for (int round = 0; round < 8; round++) {
        int note = round;
        capture.commit(
            () -> {
              for (int i = 0; i < 40; i++) {
                String id = String.valueOf(i);
                if (note > 0 && (i + note) % 2 == 0) {
                  capture.update(ORDERS_V1, id, "r" + note, "2026-01-01 00:00:00");
                } else {
                  capture.create(ORDERS_V1, id, "r" + note, "2026-01-01 00:00:00");
                }
                if ((i + note) % 2 == 0) {
                  capture.depart(
                      ORDERS_V1, DepartureCause.PURGED, id, "r" + note, "2026-01-01 00:00:00");
                }
              }
            });
        Thread.sleep(250);
      }
      capture.commit(() -> capture.create(ORDERS_V1, "99", "new segment", null));
      SinkService sink = fixture.startSink();
      fixture.awaitApplied();
      sink.close();
      List<String> mirror = fixture.query("SELECT id, note, arc_lsn FROM orders ORDER BY id");
      List<String> cold =
          fixture.query(
              "SELECT id, note, arc_cause, arc_lsn FROM public_cold.orders ORDER BY 1, 4");
      assertThat(cold).hasSize(160);

      String topic = fixture.settings().topics().table(ORDERS_V1.table());
      await().atMost(Duration.ofSeconds(30)).until(() -> fixture.topics().records(topic) < 300);
      fixture.run("TRUNCATE orders, public_cold.orders, arc.sink_position");
      fixture.startSink();
      fixture.awaitApplied();

      assertThat(fixture.query("SELECT id, note, arc_lsn FROM orders ORDER BY id"))
          .isEqualTo(mirror);
      assertThat(
              fixture.query(
                  "SELECT id, note, arc_cause, arc_lsn FROM public_cold.orders ORDER BY 1, 4"))
          .isEqualTo(cold);
    }
  }

  @Test
  void the_lag_is_measured_from_the_heartbeat_that_came_through() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      TestCapture capture = fixture.capture();
      capture.commit(
          () -> {
            capture.version(HEARTBEAT_V1);
            capture.version(ORDERS_V1);
            capture.create(HEARTBEAT_V1, "s", "2000-01-01 00:00:00+00");
            capture.create(ORDERS_V1, "1", "x", null);
          });
      SinkService sink = fixture.startSink();
      fixture.awaitApplied();

      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(metrics(sink))
                      .containsPattern("(?m)^archive_sink_lag_seconds [0-9.]+E8")
                      .containsPattern("(?m)^archive_sink_batches_total [1-9]")
                      .contains("archive_sink_records_total{table=\"public.orders\"} 1.0"));
    }
  }

  @Test
  void the_group_shows_what_is_applied_and_no_sink_begins_from_there() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      oneOrderApplied(fixture);
      String group = fixture.settings().sink().group();
      try (SinkService sink = fixture.startSink()) {
        assertThat(sink.state().ended()).isFalse();
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(
                () -> {
                  Map<String, Long> shown = new HashMap<>();
                  shown(fixture, group)
                      .forEach(
                          (partition, offset) ->
                              shown.put(
                                  partition.topic() + "/" + partition.partition(),
                                  offset.offset()));
                  assertThat(shown).isNotEmpty();
                  assertThat(shown).isEqualTo(fixture.stored().next());
                });
      }

      TestCapture capture = fixture.capture();
      capture.commit(
          () -> {
            for (int i = 2; i < 40; i++) {
              capture.create(ORDERS_V1, String.valueOf(i), "y", null);
            }
          });
      setToTheEnd(fixture, group);
      fixture.startSink();
      fixture.awaitApplied();

      assertThat(fixture.query("SELECT count(*) FROM orders")).containsExactly("39");
    }
  }

  private static Map<TopicPartition, OffsetAndMetadata> shown(SinkFixture fixture, String group)
      throws Exception {
    return fixture.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
  }

  /** As somebody might by hand, or a tool that resets groups. */
  private static void setToTheEnd(SinkFixture fixture, String group) throws Exception {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    shown(fixture, group).keySet().forEach(one -> latest.put(one, OffsetSpec.latest()));
    Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
    fixture
        .admin()
        .listOffsets(latest)
        .all()
        .get()
        .forEach((one, end) -> ends.put(one, new OffsetAndMetadata(end.offset())));
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(
            () -> {
              fixture.admin().alterConsumerGroupOffsets(group, ends).all().get();
              return true;
            });
  }

  private static String metrics(SinkService sink) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + sink.healthPort() + "/metrics");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static void recreate(SinkFixture fixture, String topic) throws Exception {
    fixture.admin().deleteTopics(List.of(topic)).all().get();
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(
            () -> {
              fixture
                  .admin()
                  .createTopics(
                      List.of(
                          new NewTopic(topic, SinkFixture.PARTITIONS, (short) 1)
                              .configs(Map.of("cleanup.policy", "compact"))))
                  .all()
                  .get();
              return true;
            });
  }

  private static void oneOrderApplied(SinkFixture fixture) throws Exception {
    TestCapture capture = fixture.capture();
    capture.commit(
        () -> {
          capture.version(ORDERS_V1);
          capture.create(ORDERS_V1, "1", "x", null);
        });
    try (SinkService sink = fixture.startSink()) {
      fixture.awaitApplied();
      assertThat(sink.state().ended()).isFalse();
    }
  }
}
