package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.TopicReader.Read;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.topic.SchemaRecord.TableVersion;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A table's columns change while capture runs; each change names the version it was made under. */
class TableVersionsTest {
  private static final HotFixture hot = new HotFixture();

  @BeforeAll
  static void start() {
    hot.withPartitions(1);
    for (String table : List.of("added", "dropped", "renamed", "retyped", "restarted")) {
      hot.root("public." + table, "id int primary key, at timestamp, note text");
      hot.sql("INSERT INTO %s VALUES (1, NULL, 'first')".formatted(table));
    }
    hot.provision().startAndPass();
  }

  @AfterAll
  static void stop() {
    hot.close();
  }

  private static List<TableSchema> versions(String table) {
    return new TopicReader(hot.settings(), hot.topics().schema())
        .schemas().stream()
            .filter(TableVersion.class::isInstance)
            .map(record -> ((TableVersion) record).schema())
            .filter(schema -> schema.table().equals(TableId.parse(table)))
            .toList();
  }

  private static List<Integer> versionsOfChanges(String table) {
    return hot.topic(table).changes().stream()
        .map(Read::schema)
        .map(schema -> Objects.requireNonNull(schema).version())
        .toList();
  }

  private static String hold(String table) {
    return String.valueOf(
        hot.value(
            "SELECT reason FROM arc.purge_hold WHERE released_at IS NULL AND scope = 'public.%s'"
                .formatted(table)));
  }

  @Test
  void an_added_column_makes_a_version_that_tells_what_old_rows_have() {
    hot.sql("ALTER TABLE added ADD COLUMN ward text DEFAULT 'E''1', ADD COLUMN plain int");
    hot.sql("INSERT INTO added VALUES (2, NULL, 'second', 'W', NULL)");
    hot.sql("UPDATE added SET note = 'again' WHERE id = 1");
    hot.awaitPassed();

    TableSchema newest = versions("public.added").get(1);
    assertThat(newest.columns())
        .extracting(ColumnSchema::name)
        .containsExactly("id", "at", "note", "ward", "plain");
    assertThat(newest.columns().get(3).fill()).isEqualTo("E'1");
    assertThat(newest.columns().get(4).fill()).isNull();
    assertThat(versionsOfChanges("public.added")).containsExactly(1, 2, 2);
    assertThat(hot.topic("public.added").told("ward")).endsWith("c W", "u E'1");
    assertThat(hold("added")).isEqualTo("null");
  }

  @Test
  void a_column_whose_old_values_never_came_holds_the_tables_purge() {
    hot.sql("ALTER TABLE retyped ADD COLUMN dice double precision DEFAULT random()");
    hot.sql("INSERT INTO retyped (id) VALUES (2)");
    hot.awaitPassed();

    assertThat(hold("retyped")).contains("dice").contains("verify");
  }

  @Test
  void a_dropped_column_makes_a_version_without_it_and_rows_from_before_still_fit() {
    hot.stop();
    hot.sql("INSERT INTO dropped VALUES (2, NULL, 'before the drop')");
    hot.sql("ALTER TABLE dropped DROP COLUMN note");
    hot.sql("INSERT INTO dropped VALUES (3, NULL)");
    hot.startAndPass();

    List<Read> reads = hot.topic("public.dropped").changes();
    assertThat(reads.get(1).after("note")).isEqualTo("before the drop");
    assertThat(Objects.requireNonNull(reads.get(2).schema()).columnNames())
        .containsExactly("id", "at");
  }

  @Test
  void a_renamed_column_holds_the_tables_purge() {
    hot.sql("ALTER TABLE renamed RENAME COLUMN note TO remark");
    hot.sql("INSERT INTO renamed VALUES (2, NULL, 'x')");
    hot.awaitPassed();

    assertThat(hot.topic("public.renamed").changes().get(1).after("remark")).isEqualTo("x");
    assertThat(hold("renamed")).contains("rename");
  }

  @Test
  void a_restart_makes_no_version_when_nothing_changed() {
    hot.stop();
    hot.startAndPass();
    hot.sql("INSERT INTO restarted VALUES (2, NULL, 'x')");
    hot.awaitPassed();

    assertThat(versions("public.restarted")).hasSize(1);
    assertThat(versionsOfChanges("public.restarted")).containsExactly(1, 1);
  }
}
