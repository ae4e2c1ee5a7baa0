package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.capture.schema.Catalog.Description;
import io.valmed.archive.capture.start.HotGuard;
import io.valmed.archive.capture.start.HotState;
import io.valmed.archive.capture.start.SlotRest;
import io.valmed.archive.capture.start.StartGuard;
import io.valmed.archive.capture.start.StartGuard.Verdict;
import io.valmed.archive.capture.start.StoredState;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.policy.TableRole;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.StopException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is judged from Kafka's memory and hot's state; each stop says what to do. */
class StartGuardTest {
  private static final TableId ORDERS = new TableId("public", "orders");
  private static final StartGuard guard =
      new StartGuard(
          "s",
          new HotGuard(
              "arc", List.of(new PolicyTable(ORDERS, TableRole.ROOT, "at", List.of("hidden")))));
  private static final HotState.Slot SLOT = new HotState.Slot(0, null, 100);
  private static final HotState.Publication PUBLISHED =
      new HotState.Publication(true, Map.of(ORDERS, List.of("id", "at", "hidden")), List.of());
  private static final Description TABLE = table(true, List.of("id"), Map.of());

  private static Description table(boolean full, List<String> key, Map<String, String> refused) {
    List<ColumnSchema> columns =
        List.of(
            new ColumnSchema("id", "integer", "integer", null),
            new ColumnSchema("at", "date", "date", null),
            new ColumnSchema("hidden", "text", "text", null));
    return new Description(ORDERS, 16_400, columns, key, Set.of(), Set.of(), full, refused);
  }

  private static HotState hot(HotState.@Nullable Slot slot) {
    return hot(1_000, 7, slot, PUBLISHED, TABLE);
  }

  private static HotState hot(HotState.@Nullable Publication publication, Description table) {
    return hot(1_000, 7, SLOT, publication, table);
  }

  private static HotState hot(
      long end,
      long beat,
      HotState.@Nullable Slot slot,
      HotState.@Nullable Publication publication,
      Description table) {
    return new HotState(
        new HotState.Database("sys", 1, end),
        new HotState.Heartbeat(0, beat),
        slot,
        publication,
        Map.of(ORDERS, table),
        Map.of(table.relation(), ORDERS));
  }

  private static StoredState stored(@Nullable SourceOffset offset, @Nullable Boolean complete) {
    Epoch epoch = complete == null ? null : new Epoch(3, "sys", 1, complete, Positions.NONE);
    return new StoredState(offset, epoch, Map.of(), Map.of());
  }

  private static SourceOffset offset(String systemId, int timeline) {
    return new SourceOffset(100, null, 7, 3, systemId, timeline, Map.of());
  }

  private static void refuses(StoredState stored, HotState hot, String what, String wayOut) {
    assertThatThrownBy(() -> guard.judge(stored, hot, CaptureOptions.NONE))
        .isInstanceOf(StopException.class)
        .hasMessageContaining(what)
        .hasMessageContaining(wayOut);
  }

  @Test
  void capture_goes_on_behind_the_stored_offset() {
    SourceOffset offset = offset("sys", 1);
    assertThat(guard.judge(stored(offset, true), hot(SLOT), CaptureOptions.NONE))
        .isEqualTo(new Verdict.Resume(offset, Map.of()));
  }

  @Test
  void the_first_epoch_begins_without_a_hold() {
    assertThat(guard.judge(stored(null, null), hot((HotState.Slot) null), CaptureOptions.NONE))
        .isEqualTo(new Verdict.Begin(1, 0, false, null, null, false));
  }

  @Test
  void an_interrupted_snapshot_begins_anew_with_a_hold_and_what_its_slot_still_has() {
    Verdict verdict = guard.judge(stored(null, false), hot(SLOT), CaptureOptions.NONE);
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Begin.class,
            begin -> {
              assertThat(begin.number()).isEqualTo(4);
              assertThat(begin.dropSlot()).isFalse();
              assertThat(begin.rest()).isEqualTo(new SlotRest(100, null));
              assertThat(begin.hold()).contains("interrupted");
              assertThat(begin.lost()).isFalse();
            });
  }

  @Test
  void a_new_epoch_begins_when_asked_for_whatever_stands_there() {
    assertThat(
            guard.judge(
                stored(offset("other", 7), true),
                hot(new HotState.Slot(0, "wal_removed", 900)),
                new CaptureOptions(true)))
        .isInstanceOfSatisfying(
            Verdict.Begin.class,
            begin -> {
              assertThat(begin.number()).isEqualTo(4);
              assertThat(begin.lost()).isTrue();
            });
  }

  @Test
  void a_rest_that_was_interrupted_goes_on_where_it_was_in_another_epoch() {
    SourceOffset.Part part = new SourceOffset.Part("77", 5, 210);
    SourceOffset offset = new SourceOffset(200, part, 0, 3, "sys", 1, Map.of());
    assertThat(guard.judge(stored(offset, false), hot(SLOT), CaptureOptions.NONE))
        .isInstanceOfSatisfying(
            Verdict.Begin.class,
            begin -> {
              assertThat(begin.number()).isEqualTo(4);
              assertThat(begin.rest()).isEqualTo(new SlotRest(200, part));
            });
  }

  @Test
  void a_slot_that_is_given_up_is_dropped_unread() {
    CaptureOptions options = new CaptureOptions(true, 0, true);
    assertThat(guard.judge(stored(offset("sys", 1), true), hot(SLOT), options))
        .isInstanceOfSatisfying(
            Verdict.Begin.class,
            begin -> {
              assertThat(begin.rest()).isNull();
              assertThat(begin.dropSlot()).isTrue();
            });
  }

  @Test
  void a_new_epoch_is_above_the_one_that_the_archive_alone_knows() {
    assertThat(guard.judge(stored(offset("sys", 1), true), hot(SLOT), new CaptureOptions(true, 41)))
        .isInstanceOfSatisfying(
            Verdict.Begin.class,
            begin -> {
              assertThat(begin.number()).isEqualTo(42);
              assertThat(begin.lost()).isFalse();
            });
  }

  @Test
  void a_slot_that_is_gone_lost_or_ahead_is_refused() {
    StoredState stored = stored(offset("sys", 1), true);
    refuses(stored, hot((HotState.Slot) null), "is gone", "--new-epoch");
    refuses(stored, hot(new HotState.Slot(0, "wal_removed", 50)), "wal_removed", "--new-epoch");
    refuses(stored, hot(new HotState.Slot(0, null, 101)), "beyond", "--new-epoch");
  }

  @Test
  void another_hot_database_is_refused() {
    refuses(stored(offset("other", 1), true), hot(SLOT), "not the database", "--new-epoch");
  }

  @Test
  void an_old_primary_that_comes_back_is_refused() {
    refuses(stored(offset("sys", 2), true), hot(SLOT), "old primary", "--new-epoch");
  }

  @Test
  void capture_goes_on_after_a_failover_that_kept_what_kafka_has() {
    SourceOffset offset = offset("sys", 1);
    SourceOffset part = offset.at(100, new SourceOffset.Part("77", 5, 140), 7);

    for (SourceOffset stored : List.of(offset, part)) {
      assertThat(guard.judge(stored(stored, true), onTimeline(3, 150), CaptureOptions.NONE))
          .isEqualTo(new Verdict.Resume(stored.onTimeline(3), Map.of()));
    }
    assertThat(guard.judge(stored(offset, true), onTimeline(3, 100), CaptureOptions.NONE))
        .isInstanceOf(Verdict.Resume.class);
  }

  @Test
  void a_failover_that_lost_what_kafka_has_is_refused() {
    SourceOffset offset = offset("sys", 1);
    SourceOffset part = offset.at(100, new SourceOffset.Part("77", 5, 150), 7);
    SourceOffset olderPart = offset.at(100, new SourceOffset.Part("77", 5, 0), 7);

    refuses(stored(offset, true), onTimeline(3, 99), "hot has lost", "--new-epoch");
    refuses(stored(part, true), onTimeline(3, 150), "a part of the next", "--new-epoch");
    refuses(stored(olderPart, true), onTimeline(3, 150), "a part of the next", "--new-epoch");
  }

  private static HotState onTimeline(int timeline, long leftFirst) {
    HotState hot = hot(SLOT);
    return new HotState(
        new HotState.Database("sys", timeline, 1_000, Map.of(1, leftFirst)),
        hot.heartbeat(),
        hot.slot(),
        hot.publication(),
        hot.tables(),
        hot.relations());
  }

  @Test
  void a_lost_offset_is_refused() {
    refuses(stored(null, true), hot(SLOT), "offset of slot s is gone", "--new-epoch");
    refuses(stored(null, null), hot(SLOT), "Kafka knows nothing of it", "--new-epoch");
  }

  @Test
  void a_publication_that_would_lose_changes_is_refused() {
    StoredState stored = stored(offset("sys", 1), true);
    refuses(stored, hot(null, TABLE), "does not exist", "provision hot");
    refuses(
        stored,
        hot(new HotState.Publication(false, PUBLISHED.tables(), List.of()), TABLE),
        "leaves out operations",
        "provision hot");
    refuses(
        stored,
        hot(new HotState.Publication(true, PUBLISHED.tables(), List.of(ORDERS)), TABLE),
        "or rows",
        "provision hot");
    refuses(
        stored,
        hot(new HotState.Publication(true, Map.of(), List.of()), TABLE),
        "Table public.orders is not in the publication",
        "provision hot");
    refuses(
        stored,
        hot(new HotState.Publication(true, Map.of(ORDERS, List.of("id")), List.of()), TABLE),
        "with all its columns",
        "provision hot");
  }

  @Test
  void tables_that_cannot_be_archived_exactly_are_refused_by_name() {
    StoredState stored = stored(offset("sys", 1), true);
    List<String> key = List.of("id");
    refuses(
        stored, hot(PUBLISHED, table(false, key, Map.of())), "REPLICA IDENTITY FULL", "provision");
    refuses(stored, hot(PUBLISHED, table(true, List.of(), Map.of())), "no primary key", "policy");
    refuses(
        stored,
        hot(PUBLISHED, table(true, key, Map.of("owner", "type regrole"))),
        "public.orders column owner (type regrole)",
        "policy");
    HotState excluded = hot(PUBLISHED, table(true, key, Map.of("hidden", "type regrole")));
    assertThat(guard.judge(stored, excluded, CaptureOptions.NONE))
        .isInstanceOf(Verdict.Resume.class);
  }

  @Test
  void a_hot_database_that_was_put_back_is_refused() {
    HotState earlier = hot(99, 7, SLOT, PUBLISHED, TABLE);
    HotState anotherWay = hot(1_000, 6, SLOT, PUBLISHED, TABLE);

    refuses(stored(offset("sys", 1), true), earlier, "put back", "--new-epoch");
    refuses(stored(offset("sys", 1), true), anotherWay, "another way", "--new-epoch");
  }

  @Test
  void an_offset_whose_epoch_the_schema_topic_does_not_know_is_refused() {
    refuses(stored(offset("sys", 1), null), hot(SLOT), "schema topic", "--new-epoch");
  }
}
