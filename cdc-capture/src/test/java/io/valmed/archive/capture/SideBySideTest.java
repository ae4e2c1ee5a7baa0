package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.kafka.KafkaHistory;
import io.valmed.archive.capture.postgres.OpenPurgeHolds;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.settings.CaptureSettings;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three groups of tables of one hot database, each with a prefix, slot and publication. */
class SideBySideTest {
  private static final int GROUPS = 3;

  private final HotFixture hot = new HotFixture();
  private final List<Settings> groups = new ArrayList<>();
  private final List<CaptureService> services = new ArrayList<>();

  @BeforeEach
  void three_groups_are_captured() throws Exception {
    for (int i = 0; i < GROUPS; i++) {
      hot.sql("CREATE TABLE g%d (id int PRIMARY KEY, at timestamp)".formatted(i));
      groups.add(group(i));
      new HotProvisioning(groups.get(i)).apply();
    }
    for (Settings group : groups) {
      services.add(CaptureService.start(group, CaptureOptions.NONE, FailPoint.NONE));
    }
    for (int i = 0; i < GROUPS; i++) {
      carries(i, 1);
    }
  }

  @AfterEach
  void close() {
    services.forEach(CaptureService::close);
    for (int i = 0; i < GROUPS; i++) {
      awaitLetGo(i);
      hot.sql(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '%s'"
              .formatted(groups.get(i).capture().slot()));
    }
    hot.close();
  }

  private Settings group(int number) {
    Settings all = hot.settings();
    CaptureSettings capture = all.capture();
    return new Settings(
        hot.slot() + "-g" + number,
        all.hot(),
        all.archive(),
        all.kafka(),
        new Policy(
            List.of(
                new RootTable(
                    TableId.parse("public.g" + number), "at", null, Duration.ofDays(9), List.of())),
            List.of(),
            ZoneOffset.UTC),
        new CaptureSettings(
            hot.slot() + "_g" + number,
            "arc_g" + number,
            capture.heartbeatEvery(),
            capture.transactionRecords(),
            capture.transactionTime(),
            capture.health(),
            capture.stream()),
        all.sink(),
        all.purge());
  }

  /** A row that is written now reaches this group's topic. */
  private void carries(int group, int row) {
    hot.sql("INSERT INTO g%d VALUES (%d)".formatted(group, row));
    Settings of = groups.get(group);
    TopicReader topic =
        new TopicReader(of, new TopicNames(of.prefix()).table(TableId.parse("public.g" + group)));
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              assertThat(services.get(group).state())
                  .as(services.get(group).state().describe())
                  .isNotInstanceOf(LoopState.Failed.class);
              return topics(of) && topic.told("id").stream().anyMatch(t -> t.endsWith(" " + row));
            });
  }

  /** Whether capture has made them; reading one that is not there would wait. */
  private boolean topics(Settings of) {
    return "t"
        .equals(
            hot.value(
                "SELECT EXISTS (SELECT FROM arc.heartbeat WHERE slot = '%s' AND passed_beat > 0)"
                    .formatted(of.capture().slot())));
  }

  private void awaitLetGo(int group) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                "0"
                    .equals(
                        hot.value(
                            "SELECT count(*)::text FROM pg_replication_slots WHERE slot_name = '%s' AND active"
                                .formatted(groups.get(group).capture().slot()))));
  }

  private int epoch(int group) {
    return Objects.requireNonNull(new KafkaHistory(groups.get(group)).read().epoch()).number();
  }

  @Test
  void undo_a_hold_and_a_new_epoch_of_one_disturb_no_other() throws Exception {
    assertThat(hot.value("SELECT count(DISTINCT installation)::text FROM arc.installation"))
        .isEqualTo("3");

    // A new epoch of the second group.
    services.get(1).close();
    awaitLetGo(1);
    services.set(1, CaptureService.start(groups.get(1), new CaptureOptions(true), FailPoint.NONE));
    carries(1, 2);
    assertThat(epoch(1)).isEqualTo(2);
    assertThat(hot.value("SELECT string_agg(DISTINCT prefix, ',') FROM arc.purge_hold"))
        .isEqualTo(groups.get(1).prefix());

    // A hold of the third.
    new OpenPurgeHolds(hot.settings().hot().capture(), groups.get(2).prefix(), "x").hold("*", "y");
    carries(2, 2);

    // The first is given up.
    services.get(0).close();
    awaitLetGo(0);
    new HotProvisioning(groups.get(0)).undo();
    for (int group : List.of(1, 2)) {
      carries(group, 3);
      assertThat(new HotProvisioning(groups.get(group)).plan()).isEmpty();
    }
    assertThat(epoch(1)).isEqualTo(2);
    assertThat(epoch(2)).isOne();
    assertThat(
            hot.value(
                "SELECT string_agg(slot_name, ',' ORDER BY slot_name) FROM pg_replication_slots WHERE database = current_database()"))
        .isEqualTo(groups.get(1).capture().slot() + "," + groups.get(2).capture().slot());
    assertThat(hot.value("SELECT string_agg(prefix, ',' ORDER BY prefix) FROM arc.installation"))
        .isEqualTo(groups.get(1).prefix() + "," + groups.get(2).prefix());
  }
}
