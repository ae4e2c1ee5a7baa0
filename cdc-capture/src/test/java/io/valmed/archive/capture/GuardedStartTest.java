package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.SchemaRecord.EpochState;
import io.valmed.archive.model.topic.SchemaRecord.TableVersion;
import io.valmed.archive.runtime.LoopState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Capture refuses to start on real hot and Kafka that do not fit, and holds purging. */
class GuardedStartTest {
  private final HotFixture hot = new HotFixture();
  private final String topic = hot.topics().table(TableId.parse("public.orders"));

  @BeforeEach
  void captureOnce() {
    hot.root("public.orders", "id int primary key, at timestamp, note text")
        .withPartitions(1)
        .provision();
    hot.sql("INSERT INTO orders VALUES (1, NULL, 'a'), (2, NULL, 'b')");
    hot.startAndPass();
    hot.stop();
  }

  @AfterEach
  void close() {
    hot.close();
  }

  private String startFails() {
    CaptureService service = hot.start();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> service.state().ended());
    assertThat(service.state()).isInstanceOf(LoopState.Failed.class);
    String told = service.state().describe();
    hot.stop();
    return told;
  }

  private String openHold() {
    return String.valueOf(
        hot.value("SELECT reason FROM arc.purge_hold WHERE released_at IS NULL AND scope = '*'"));
  }

  @Test
  void a_dropped_slot_stops_capture_until_a_new_epoch_copies_the_tables_anew() {
    hot.sql("SELECT pg_drop_replication_slot('%s')".formatted(hot.slot()));
    hot.sql("DELETE FROM orders WHERE id = 1");

    assertThat(startFails()).contains("is gone").contains("--new-epoch");
    assertThat(openHold()).contains("is gone");
    hot.sql(
        "INSERT INTO arc.purge_hold (scope, reason, held_by) VALUES ('*', 'audit', 'a person')");

    hot.start(new CaptureOptions(true), FailPoint.NONE);
    hot.awaitPassed();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(openHold()).as("only a person ends a person's hold").isEqualTo("audit"));
    assertThat(hot.topic("public.orders").changes())
        .filteredOn(read -> read.change() != null && read.change().evidence().epoch() == 2)
        .extracting(read -> read.kind() + read.after("id"))
        .containsExactly("r2");
  }

  @Test
  void a_slot_that_is_dropped_during_the_snapshot_stops_capture_and_is_not_made_anew() {
    AtomicBoolean dropped = new AtomicBoolean();
    String active =
        "SELECT active::text FROM pg_replication_slots WHERE slot_name = '%s'"
            .formatted(hot.slot());
    CaptureService service =
        hot.start(
            new CaptureOptions(true),
            (place, event) -> {
              if (place == FailPoint.Place.COPYING && dropped.compareAndSet(false, true)) {
                Awaitility.await().until(() -> "false".equals(hot.value(active)));
                hot.sql("SELECT pg_drop_replication_slot('%s')".formatted(hot.slot()));
                hot.sql("INSERT INTO orders VALUES (3, NULL, 'in no snapshot and no slot')");
              }
            });

    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> service.state().ended());
    assertThat(service.state().describe()).contains("is gone").contains("--new-epoch");
    assertThat(openHold()).isNotEqualTo("null");
    assertThat(
            hot.value(
                "SELECT count(*)::text FROM pg_replication_slots WHERE slot_name = '%s'"
                    .formatted(hot.slot())))
        .isEqualTo("0");
  }

  @Test
  void a_slot_that_was_moved_by_someone_else_stops_capture() {
    hot.sql("INSERT INTO orders VALUES (3, NULL, 'lost')");
    hot.sql("SELECT pg_replication_slot_advance('%s', pg_current_wal_lsn())".formatted(hot.slot()));

    assertThat(startFails()).contains("beyond").contains("--new-epoch");
    assertThat(openHold()).contains("beyond");
  }

  @Test
  void a_topic_with_other_partitions_stops_capture() throws Exception {
    try (Admin admin = admin()) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get();
      Awaitility.await().until(() -> partitions(admin) == 2);
    }

    assertThat(startFails()).contains(topic).contains("2 partitions");
    assertThat(openHold()).contains("2 partitions");
  }

  @Test
  void topics_keep_what_their_brokers_have_acknowledged() throws Exception {
    assertThat(durability()).containsExactly("1", "false");
    set("unclean.leader.election.enable", "true");

    hot.startAndPass();
    hot.stop();

    Awaitility.await().untilAsserted(() -> assertThat(durability()).containsExactly("1", "false"));
    hot.withReplicas(2);
    assertThat(startFails())
        .contains("1 replica(s)")
        .contains("kafka.min-insync-replicas is 2")
        .contains("kafka-reassign-partitions.sh");
  }

  @Test
  void a_database_whose_texts_may_be_written_in_anything_stops_capture() {
    // As if it had been made so: no migration and no provisioning would have been let in.
    hot.sql(
        "UPDATE pg_database SET encoding = 0, datlocprovider = 'c', datlocale = NULL, datcollate = 'C', datctype = 'C' WHERE datname = current_database()");

    assertThat(startFails()).contains("SQL_ASCII").contains("createdb").doesNotContain("22021");
    assertThat(openHold()).contains("SQL_ASCII");
  }

  @Test
  void a_deleted_topic_stops_capture() throws Exception {
    try (Admin admin = admin()) {
      admin.deleteTopics(List.of(topic)).all().get();
      Awaitility.await().until(() -> !admin.listTopics().names().get().contains(topic));
    }

    assertThat(startFails()).contains(topic).contains("was deleted").contains("--new-epoch");
    assertThat(openHold()).contains("was deleted");
  }

  @Test
  void a_second_capture_waits_while_the_first_one_reads() {
    CaptureService first = hot.start();
    hot.awaitPassed();
    try (CaptureService second =
        CaptureService.start(hot.settings(), CaptureOptions.NONE, FailPoint.NONE)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> second.state().describe().contains("in use by hot's process"));
      hot.sql("INSERT INTO orders VALUES (4, NULL, 'd')");
      hot.awaitPassed();
      assertThat(first.state()).isInstanceOf(LoopState.Running.class);
    }
    assertThat(hot.topic("public.orders").told("id")).containsExactly("r 1", "r 2", "c 4");
  }

  @Test
  void a_hot_database_that_went_another_way_stops_capture() {
    hot.sql("UPDATE arc.heartbeat SET beat = 1 WHERE slot = '%s'".formatted(hot.slot()));

    assertThat(startFails()).contains("another way").contains("--new-epoch");
    assertThat(openHold()).contains("another way");
  }

  @Test
  void versions_are_not_given_out_again_after_the_schema_topic_was_lost() throws Exception {
    String schema = hot.topics().schema();
    try (Admin admin = admin()) {
      admin.deleteTopics(List.of(schema)).all().get();
      Awaitility.await().until(() -> !admin.listTopics().names().get().contains(schema));
    }

    assertThat(startFails()).contains("schema topic").contains("--new-epoch");
    hot.start(new CaptureOptions(true), FailPoint.NONE);
    hot.awaitPassed();
    assertThat(new TopicReader(hot.settings(), schema).schemas())
        .filteredOn(TableVersion.class::isInstance)
        .extracting(record -> ((TableVersion) record).schema().version())
        .isNotEmpty()
        .allMatch(version -> version == 100_001);
  }

  @Test
  void a_second_capture_waits_while_the_first_one_copies() throws Exception {
    CountDownLatch copying = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    hot.start(
        new CaptureOptions(true),
        (place, event) -> {
          copying.countDown();
          await(goOn);
        });
    await(copying);
    try (CaptureService second =
        CaptureService.start(hot.settings(), CaptureOptions.NONE, FailPoint.NONE)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> second.state().describe().contains("another capture"));
      goOn.countDown();
      hot.awaitPassed();
    }
    assertThat(epochs()).containsExactly("1 true", "2 false", "2 true");
  }

  private List<String> epochs() {
    return new TopicReader(hot.settings(), hot.topics().schema())
        .schemas().stream()
            .filter(EpochState.class::isInstance)
            .map(record -> ((EpochState) record).epoch())
            .map(epoch -> epoch.number() + " " + epoch.snapshotComplete())
            .distinct()
            .filter(told -> !told.equals("1 false"))
            .toList();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** min.insync.replicas and unclean.leader.election.enable, as the topic itself has them. */
  private List<String> durability() throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try (Admin admin = admin()) {
      Config config =
          Objects.requireNonNull(
              admin.describeConfigs(List.of(resource)).all().get().get(resource));
      return Stream.of("min.insync.replicas", "unclean.leader.election.enable")
          .map(config::get)
          .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
          .map(ConfigEntry::value)
          .toList();
    }
  }

  private void set(String name, String value) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    AlterConfigOp op = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    try (Admin admin = admin()) {
      admin.incrementalAlterConfigs(Map.of(resource, List.of(op))).all().get();
    }
    Awaitility.await().untilAsserted(() -> assertThat(durability()).contains(value));
  }

  private int partitions(Admin admin) throws Exception {
    Map<String, TopicDescription> found =
        admin.describeTopics(List.of(topic)).allTopicNames().get();
    return Objects.requireNonNull(found.get(topic)).partitions().size();
  }

  private Admin admin() {
    return Admin.create(hot.settings().kafka().clientProperties("test"));
  }
}
