package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.runtime.LoopState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tables change while rows are written to them: each committed row stands once, in the table's
 * topic or in the parked one; whatever the archive may not have exactly is held back from purging,
 * and no other table notices.
 */
class SchemaChangeTest {
  private static final List<String> TABLES =
      List.of(
          "added",
          "dropped_column",
          "renamed_column",
          "added_again",
          "widened",
          "narrowed",
          "felt",
          "renamed",
          "swapped",
          "rekeyed",
          "keyless",
          "gone",
          "half",
          "refused",
          "untouched");
  private static final HotFixture hot = new HotFixture();
  private static final CarriedRows carried = new CarriedRows(hot);
  private static WritesGoingOn writes;

  @BeforeAll
  static void start() {
    hot.withPartitions(1).sql("CREATE TYPE mood AS ENUM ('sad')");
    for (String table : TABLES) {
      hot.root(
          "public." + table,
          "id int primary key, at timestamp, note text default 'n', few varchar(10) default 'f',"
              + " many int not null default 3, felt mood default 'sad'");
      hot.sql("INSERT INTO %s (id) VALUES (0)".formatted(table));
    }
    hot.reference("public.people", "id int primary key, name text, secret text", "secret");
    hot.provision();
    hot.start(new CaptureOptions(false, Duration.ofMillis(500)), FailPoint.NONE);
    hot.awaitPassed();
    writes = new WritesGoingOn(hot, TABLES);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    writes.end();
    hot.close();
  }

  /** Changes the table in the middle of its writes. */
  private static void change(String table, String statements) {
    writes.awaitMore(table);
    hot.sql(statements);
    writes.awaitMore(table);
  }

  /** Every committed row stands once in the topic or among what was parked. */
  private static void everyRowStandsOnce(String table) {
    List<Integer> committed = writes.end(table);
    hot.awaitPassed();
    List<Integer> found = new ArrayList<>(carried.streamed(table));
    found.addAll(carried.parkedIds(table));
    assertThat(found).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(committed);
    assertThat(hot.running().state()).isInstanceOf(LoopState.Running.class);
    assertThat(hot.hold("*")).isNull();
    assertThat(hot.hold("public.untouched")).isNull();
  }

  private static void flows(String table) {
    everyRowStandsOnce(table);
    assertThat(carried.parked(table)).isEmpty();
  }

  private static void flowsHeld(String table, String reason) {
    flows(table);
    assertThat(hot.hold("public." + table)).contains(reason).contains("--new-epoch");
  }

  private static void isParked(String table, String reason) {
    everyRowStandsOnce(table);
    assertThat(carried.parkedIds(table)).isNotEmpty();
    assertThat(hot.hold("public." + table)).contains(reason).contains("--new-epoch");
    assertThat(carried.alarms(table)).filteredOn(alarm -> alarm.contains("\"parked\"")).hasSize(1);
  }

  @Test
  void added_columns_flow() {
    change("added", "ALTER TABLE added ADD COLUMN a text DEFAULT 'd', ADD COLUMN b int");
    flows("added");
    assertThat(hot.topic("public.added").told("a")).endsWith("c d");
    assertThat(hot.hold("public.added")).isNull();
  }

  @Test
  void a_dropped_column_flows() {
    change("dropped_column", "ALTER TABLE dropped_column DROP COLUMN note");
    flows("dropped_column");
    assertThat(hot.hold("public.dropped_column")).isNull();
  }

  @Test
  void a_renamed_column_flows_held() {
    change("renamed_column", "ALTER TABLE renamed_column RENAME COLUMN note TO remark");
    flowsHeld("renamed_column", "column note was renamed to remark");
    assertThat(hot.topic("public.renamed_column").told("remark")).endsWith("c n");
  }

  @Test
  void a_column_dropped_and_added_again_flows_held() {
    change(
        "added_again",
        "ALTER TABLE added_again DROP COLUMN note; ALTER TABLE added_again ADD COLUMN note text");
    flowsHeld("added_again", "column note is another one than before");
  }

  @Test
  void a_widened_type_flows() {
    change(
        "widened",
        "ALTER TABLE widened ALTER many TYPE bigint, ALTER few TYPE text; ALTER TABLE widened ALTER"
            + " id TYPE bigint");
    flows("widened");
    assertThat(hot.hold("public.widened")).isNull();
  }

  @Test
  void a_narrowed_type_flows_held() {
    change("narrowed", "ALTER TABLE narrowed ALTER note TYPE varchar(3)");
    flowsHeld("narrowed", "column note changed its type");
  }

  @Test
  void a_new_value_of_an_enum_flows() {
    change("felt", "ALTER TYPE mood ADD VALUE 'happy'");
    change("felt", "ALTER TABLE felt ALTER felt SET DEFAULT 'happy'");
    flows("felt");
    assertThat(hot.topic("public.felt").told("felt")).contains("c sad").endsWith("c happy");
    assertThat(hot.hold("public.felt")).isNull();
  }

  @Test
  void a_renamed_table_is_parked_under_its_name_of_the_policy() {
    writes.awaitMore("renamed");
    hot.sql("ALTER TABLE renamed RENAME TO called_otherwise");
    writes.renamed("renamed", "called_otherwise");
    writes.awaitMore("renamed");
    isParked("renamed", "was renamed to public.called_otherwise");
    assertThat(carried.parked("renamed").get(0)).contains("\"table\":\"called_otherwise\"");
  }

  @Test
  @Tag(StreamUnderTest.BOTH)
  void a_table_under_anothers_name_is_parked_as_well() {
    writes.awaitMore("swapped");
    hot.sql(
        """
        CREATE TABLE swapped_new (LIKE swapped INCLUDING ALL);
        ALTER TABLE swapped_new REPLICA IDENTITY FULL;
        ALTER PUBLICATION arc ADD TABLE swapped_new;
        ALTER TABLE swapped RENAME TO swapped_old;
        ALTER TABLE swapped_new RENAME TO swapped;
        INSERT INTO swapped_old (id) VALUES (1000000);
        INSERT INTO swapped (id) VALUES (1000001)
        """);
    writes.awaitMore("swapped");
    List<Integer> committed = new ArrayList<>(writes.end("swapped"));
    committed.addAll(List.of(1000000, 1000001));
    hot.awaitPassed();

    List<Integer> found = new ArrayList<>(carried.streamed("swapped"));
    found.addAll(carried.parkedIds("swapped"));
    assertThat(found).containsExactlyInAnyOrderElementsOf(committed);
    assertThat(carried.parkedIds("swapped")).contains(1000000, 1000001);
    assertThat(hot.hold("public.swapped")).contains("swapped");
  }

  @Test
  void a_table_with_another_key_is_parked() {
    change(
        "rekeyed",
        """
        ALTER TABLE rekeyed DROP CONSTRAINT rekeyed_pkey;
        ALTER TABLE rekeyed ADD PRIMARY KEY (id, many)
        """);
    isParked("rekeyed", "The primary key of table public.rekeyed changed");
  }

  @Test
  void a_table_without_its_key_is_parked() {
    change("keyless", "ALTER TABLE keyless DROP CONSTRAINT keyless_pkey");
    isParked("keyless", "has no primary key any more");
  }

  @Test
  void a_dropped_table_is_held_and_told() {
    writes.awaitMore("gone");
    hot.sql("DROP TABLE gone");
    everyRowStandsOnce("gone");
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(hot.hold("public.gone")).contains("was dropped in hot"));
    hot.awaitPassed();
    hot.awaitPassed();
    assertThat(carried.alarms("gone")).hasSize(1);
  }

  @Test
  @Tag(StreamUnderTest.BOTH)
  void a_table_without_full_images_is_parked_with_what_hot_sends() {
    change(
        "half",
        """
        ALTER TABLE half REPLICA IDENTITY DEFAULT;
        INSERT INTO half (id, note) SELECT 2000000, string_agg(md5(i::text), '') FROM generate_series(1, 3000) i;
        UPDATE half SET few = 'other' WHERE id = 2000000;
        DELETE FROM half WHERE id = 0
        """);
    hot.sql("DELETE FROM half WHERE id = 2000000");
    List<Integer> committed = new ArrayList<>(writes.end("half"));
    committed.add(2000000);
    hot.awaitPassed();

    List<Integer> found = new ArrayList<>(carried.streamed("half"));
    found.addAll(carried.parkedIds("half"));
    assertThat(found).containsExactlyInAnyOrderElementsOf(committed);
    assertThat(carried.parked("half"))
        .filteredOn(value -> value.startsWith("{\"op\":\"d\""))
        .hasSize(2)
        .anyMatch(value -> value.contains("\"before\":{\"id\":\"0\""));
    assertThat(carried.parked("half"))
        .filteredOn(value -> value.startsWith("{\"op\":\"u\""))
        .singleElement()
        .asString()
        .contains("\"few\":\"other\"")
        .doesNotContain("\"note\"");
    assertThat(hot.hold("public.half")).contains("REPLICA IDENTITY FULL");
  }

  @Test
  void a_table_with_a_column_that_cannot_be_archived_is_parked() {
    change("refused", "ALTER TABLE refused ADD COLUMN owner regrole");
    isParked("refused", "column owner (type regrole");
  }

  @Test
  void excluded_columns_never_leave_hot_whatever_they_or_the_table_are_called() {
    hot.sql("INSERT INTO people VALUES (1, 'Ann', 'CANARY')");
    hot.awaitPassed();
    hot.sql("ALTER TABLE people RENAME COLUMN secret TO pass");
    hot.sql("INSERT INTO people VALUES (2, 'Bob', 'CANARY')");
    hot.sql("ALTER TABLE people RENAME TO persons");
    hot.sql("INSERT INTO persons VALUES (3, 'Cid', 'CANARY')");
    hot.sql("UPDATE persons SET pass = 'CANARY2' WHERE id = 1");
    hot.sql("ALTER TABLE persons RENAME COLUMN pass TO secret");
    hot.sql("DELETE FROM persons WHERE id = 2");
    hot.awaitPassed();

    assertThat(carried.parkedIds("people")).containsExactly(2, 3);
    assertThat(carried.parked("people")).hasSize(4).allMatch(value -> value.contains("\"name\""));
    assertThat(
            Objects.requireNonNull(new TopicReader(hot.settings(), hot.topics().parked()).values()))
        .noneMatch(value -> value.contains("CANARY"));
    assertThat(
            new TopicReader(
                    hot.settings(),
                    hot.topics().table(io.valmed.archive.model.TableId.parse("public.people")))
                .values())
        .noneMatch(value -> value.contains("CANARY"));
    assertThat(hot.hold("public.people")).contains("secret");
  }
}
