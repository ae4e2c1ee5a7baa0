package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.databases.hot.FailoverReadiness;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.stack.postgres.PostgresServer;
import io.valmed.archive.stack.postgres.StandbyServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Hot fails over to a real standby while capture runs. Each test's standby, once promoted, is the
 * next test's primary.
 */
@TestInstance(Lifecycle.PER_CLASS)
class FailoverTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<String> expected = new ArrayList<>();
  private PostgresServer primary = HotFixture.stack().hot();
  private StandbyServer standby;
  private HotFixture hot;
  private int tests;

  @BeforeAll
  void a_server_that_may_be_lost() {
    StandbyServer copy = StandbyServer.of(primary, "failover");
    copy.promote();
    copy.close();
    primary = copy.server();
    primary.start();
  }

  @BeforeEach
  void captureReadsFromAPrimaryWithAStandby() {
    expected.clear();
    tests++;
    standby = StandbyServer.of(primary, "s" + tests);
    hot = new HotFixture(primary).withHosts(primary, standby.server());
    hot.root("public.orders", "id int primary key, at timestamp, note text")
        .withPartitions(1)
        .provision()
        .startAndPass();
  }

  @AfterEach
  void theSurvivorIsTheNextPrimary() {
    hot.close();
    if (primary.running()) {
      primary.stopAtOnce();
    }
    primary = standby.server();
  }

  @AfterAll
  void end() {
    primary.stopAtOnce();
  }

  private void insert(int from, int to) {
    for (int id = from; id < to; id++) {
      hot.sql("INSERT INTO orders VALUES (%d, NULL, 'x')".formatted(id));
      expected.add("c " + id);
    }
  }

  private void everythingOnceInTheFirstEpoch() {
    hot.awaitPassed(PATIENCE);
    assertThat(hot.topic("public.orders").told("id")).isEqualTo(expected);
    assertThat(hot.topic("public.orders").changes())
        .allMatch(read -> read.change() == null || read.change().evidence().epoch() == 1);
    assertThat(hot.value("SELECT epoch FROM arc.heartbeat WHERE slot = '%s'".formatted(hot.slot())))
        .isEqualTo("1");
    assertThat(hot.hold("*")).isNull();
  }

  private void awaitTold(PostgresServer server, String sentence, boolean expected) {
    Awaitility.await(sentence).atMost(PATIENCE).until(() -> told(server, sentence) == expected);
  }

  private void failOver() {
    standby.promote();
    hot.moveTo(standby.server());
  }

  /** What is committed from now on is on the primary alone. */
  private void cutOffStandby() {
    standby.awaitReplayed();
    standby.server().stop();
  }

  private void crashAndFailOver() {
    primary.kill();
    standby.server().start();
    failOver();
  }

  private String stops() {
    CaptureService capture = hot.running();
    Awaitility.await().atMost(PATIENCE).until(() -> capture.state().ended());
    assertThat(capture.state()).isInstanceOf(LoopState.Failed.class);
    return capture.state().describe();
  }

  /** What people are told of the primary, or of its standby. */
  private boolean told(PostgresServer server, String sentence) throws SQLException {
    try (Connection connection = server.connect("postgres")) {
      return FailoverReadiness.of(connection, "the-host", hot.slot()).stream()
          .anyMatch(found -> found.contains(sentence));
    }
  }

  @Test
  void after_a_switchover_capture_goes_on_exactly_and_an_old_primary_is_refused()
      throws SQLException {
    standby.releaseFailoverSlots();
    awaitTold(primary, "synchronized_standby_slots is empty", true);
    standby.holdFailoverSlots();
    awaitTold(primary, "synchronized_standby_slots is empty", false);
    insert(1, 10);
    standby.awaitCopied(hot.slot());
    assertThat(told(primary, "does not let standbys keep copies")).isFalse();
    assertThat(told(standby.server(), "has no lasting copy")).isFalse();
    insert(10, 20);

    primary.stop();
    failOver();

    insert(20, 30);
    everythingOnceInTheFirstEpoch();
    assertThat(new TopicReader(hot.settings(), hot.topics().alarms()).values())
        .anyMatch(alarm -> alarm.contains("failed over from timeline"));

    hot.stop();
    primary.start();
    hot.start();
    assertThat(stops()).contains("More than one server takes writes");
    hot.withHosts(primary);
    hot.stop();
    hot.start();
    assertThat(stops()).contains("old primary").contains("--new-epoch");
  }

  @Test
  void after_a_crash_capture_goes_on_exactly_where_hot_lost_only_what_kafka_never_had() {
    standby.holdFailoverSlots();
    insert(1, 10);
    standby.awaitCopied(hot.slot());
    hot.awaitPassed();
    cutOffStandby();
    hot.sql("INSERT INTO orders VALUES (666, NULL, 'on the lost primary alone')");

    crashAndFailOver();

    insert(10, 20);
    everythingOnceInTheFirstEpoch();
    assertThat(hot.value("SELECT count(*) FROM orders WHERE id = 666")).isEqualTo("0");
  }

  @Test
  void after_a_crash_that_lost_what_kafka_has_capture_stops_and_holds_the_purge() {
    insert(1, 10);
    standby.awaitCopied(hot.slot());
    cutOffStandby();
    insert(10, 12);
    hot.sql("UPDATE orders SET note = 'lost' WHERE id IN (3, 4)");
    hot.sql("UPDATE orders SET note = 'lost too' WHERE id = 4");
    hot.sql("DELETE FROM orders WHERE id = 5");
    // Of this one the topics' end has the beginning too.
    hot.sql("UPDATE orders SET note = 'lost' WHERE id = 11");
    expected.addAll(List.of("u 3", "u 4", "u 4", "deleted 5", "u 11"));
    hot.awaitPassed();

    crashAndFailOver();

    assertThat(stops()).contains("which hot has lost").contains("--new-epoch");
    assertThat(hot.hold("*")).contains("which hot has lost");
    assertThat(hot.topic("public.orders").told("id")).isEqualTo(expected);
    whatTheLostUpdatesReplacedIsKept();
  }

  private void whatTheLostUpdatesReplacedIsKept() {
    // Nobody watches: what hot had of these two is in the topics alone.
    hot.sql("DELETE FROM orders WHERE id IN (3, 4)");
    hot.stop();
    hot.start(new CaptureOptions(true), FailPoint.NONE);
    hot.awaitPassed(PATIENCE);

    List<String> told =
        hot.topic("public.orders").changes().stream().flatMap(FailoverTest::told).toList();
    assertThat(told.stream().filter(one -> one.startsWith("1 ")).skip(expected.size()))
        .containsExactlyInAnyOrder(
            "1 superseded 3 x",
            "1 c 3 lost",
            "1 superseded 4 x",
            "1 superseded 4 lost",
            "1 c 4 lost too",
            "1 superseded 11 x",
            "1 c 11 lost");
    assertThat(told).contains("2 r 5 x", "2 r 9 x");
    assertThat(told).doesNotContain("2 r 3 x", "2 r 4 x", "2 r 10 x");
  }

  /** Epoch, kind, key and note; nothing of a tombstone. */
  private static Stream<String> told(TopicReader.Read read) {
    Change change = read.change();
    if (change == null) {
      return Stream.empty();
    }
    String row =
        change.departure()
            ? read.before("id") + " " + read.before("note")
            : read.after("id") + " " + read.after("note");
    return Stream.of(change.evidence().epoch() + " " + read.kind() + " " + row);
  }

  @Test
  void a_standby_without_a_copy_of_the_slot_stops_capture() throws SQLException {
    hot.stop();
    hot.sql("SELECT pg_drop_replication_slot('%s')".formatted(hot.slot()));
    hot.sql("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(hot.slot()));
    standby.awaitReplayed();
    standby.awaitNoCopy(hot.slot());
    assertThat(told(standby.server(), "The standby the-host has no lasting copy of slot")).isTrue();
    assertThat(told(primary, "does not let standbys keep copies of it (FAILOVER)")).isTrue();
    primary.stop();
    failOver();

    hot.start();

    assertThat(stops()).contains("is gone").contains("standby had no copy");
    assertThat(hot.hold("*")).contains("is gone");
  }
}
