package io.valmed.archive.sink;

import static io.valmed.archive.sink.TestTables.ORDERS_V1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.LoopState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class StartTest {

  @Test
  void a_sink_started_before_capture_waits_for_the_topics() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      String schemaTopic = fixture.settings().topics().schema();
      fixture.admin().deleteTopics(List.of(schemaTopic)).all().get();
      // The broker hears of it a little later than the controller that answers.
      await().until(() -> !fixture.admin().listTopics().names().get().contains(schemaTopic));
      SinkService sink = fixture.startSink();
      await().atMost(Duration.ofSeconds(60)).until(() -> sink.state() instanceof LoopState.Waiting);
      assertThat(sink.state().describe()).contains(schemaTopic + " does not exist yet");

      NewTopic topic = new NewTopic(schemaTopic, 1, (short) 1);
      fixture
          .admin()
          .createTopics(List.of(topic.configs(Map.of("cleanup.policy", "compact"))))
          .all()
          .get();
      TestCapture capture = fixture.capture();
      capture.commit(() -> capture.version(ORDERS_V1));
      capture.commit(() -> capture.create(ORDERS_V1, "1", "x", null));
      fixture.awaitApplied();

      assertThat(fixture.query("SELECT id FROM orders")).containsExactly("1");
    }
  }

  @Test
  void nothing_is_applied_while_the_archive_knows_a_newer_epoch_than_the_topics() throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      fixture.run(
          "INSERT INTO arc.epoch (prefix, epoch, system_id, timeline, snapshot_complete, reconciled_at) VALUES ('%s', 3, '7312', 1, true, now())"
              .formatted(fixture.settings().prefix()));
      TestCapture capture = fixture.capture();
      capture.commit(
          () -> {
            capture.epoch(new Epoch(2, "7312", 1, true, Positions.NONE));
            capture.version(ORDERS_V1);
          });
      capture.inEpoch(2).commit(() -> capture.create(ORDERS_V1, "1", "x", null));

      SinkService sink = fixture.startSink();

      await().atMost(Duration.ofSeconds(60)).until(() -> sink.state() instanceof LoopState.Waiting);
      assertThat(sink.state().describe())
          .contains("knows epoch 3", "is 2", "./archive capture --new-epoch --after 3");
      assertThat(fixture.query("SELECT to_regclass('public.orders')")).containsExactly("~");

      capture.commit(() -> capture.epoch(new Epoch(4, "7312", 1, true, Positions.NONE)));

      fixture.awaitApplied();
    }
  }

  @Test
  void an_archive_without_the_products_tables_is_told_apart_from_one_that_is_down()
      throws Exception {
    try (SinkFixture fixture = new SinkFixture(TestTables.policy())) {
      fixture.run("DROP TABLE arc.table_version");

      assertThat(SinkFixture.awaitFailure(fixture.startSink())).contains("migrate archive up");
    }
  }
}
