package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.TopicReader.Read;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.change.RowDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every type, with its edge values: snapshot = stream = what hot's output function writes. */
class ExactTypesTest {
  private static final int STREAMED = 1000;
  private static final TimeZone USUAL = TimeZone.getDefault();
  private static final List<Sample> SAMPLES = TypeSamples.all();
  private static final HotFixture hot = new HotFixture();
  private static final Map<String, Map<String, @Nullable String>> expected = new HashMap<>();
  private static final Map<String, Read> reads = new HashMap<>();

  /**
   * A column.
   *
   * @param hotType its type
   * @param archiveType what the archive gives it
   * @param values SQL expressions of that type
   */
  record Sample(String hotType, String archiveType, List<String> values) {
    @Override
    public String toString() {
      return hotType;
    }
  }

  static Stream<Sample> samples() {
    return SAMPLES.stream();
  }

  @BeforeAll
  static void carry() throws SQLException {
    // The driver would make this every session's zone.
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
    TypeSamples.EXTENSIONS.forEach(name -> hot.sql("CREATE EXTENSION " + name));
    hot.sql(TypeSamples.DEFINITIONS);
    List<String> numbers =
        SAMPLES.stream()
            .filter(sample -> sample.hotType().equals("oid"))
            .map(TypeSamples::column)
            .toList();
    hot.withPartitions(1)
        .withPlainNumbers(numbers)
        .root("public.types", TypeSamples.columns())
        .provision();
    hot.sql(TypeSamples.inserts("types", 0));
    hot.startAndPass();

    hot.sql(TypeSamples.inserts("types", STREAMED));
    hot.sql("UPDATE types SET at = '2026-01-01' WHERE id >= " + STREAMED);
    hot.sql("CREATE TABLE kept AS SELECT * FROM types");
    hot.sql("DELETE FROM types WHERE id >= " + STREAMED);
    hot.awaitPassed();
    readHot();
    hot.topic("public.types").changes().stream()
        .filter(read -> read.change() != null)
        .forEach(read -> reads.put(read.kind() + image(read, "id"), read));
  }

  @AfterAll
  static void close() {
    TimeZone.setDefault(USUAL);
    hot.close();
  }

  /** {@code format('%s')} calls the type's output function; a cast to text may do otherwise. */
  private static void readHot() throws SQLException {
    try (Connection connection = hot.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(RowDigest.SESSION_SETTINGS);
      List<String> columns = new ArrayList<>();
      columns.add("id::text AS id");
      for (Sample sample : SAMPLES) {
        String name = Sql.identifier(TypeSamples.column(sample));
        columns.add(
            "CASE WHEN num_nulls(%s) = 0 THEN format('%%s', %s) END AS %s"
                .formatted(name, name, name));
      }
      try (ResultSet rows =
          statement.executeQuery("SELECT " + String.join(", ", columns) + " FROM public.kept")) {
        while (rows.next()) {
          Map<String, @Nullable String> row = new HashMap<>();
          for (Sample sample : SAMPLES) {
            row.put(TypeSamples.column(sample), rows.getString(TypeSamples.column(sample)));
          }
          expected.put(Objects.requireNonNull(rows.getString("id")), row);
        }
      }
    }
  }

  private static @Nullable String image(Read read, String column) {
    return Objects.requireNonNull(read.change()).departure()
        ? read.before(column)
        : read.after(column);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_value_comes_as_hot_writes_it(Sample sample) {
    String column = TypeSamples.column(sample);
    expected.forEach(
        (id, row) -> {
          int number = Integer.parseInt(id);
          for (String kind : number < STREAMED ? List.of("r") : List.of("c", "u", "deleted")) {
            Read read = Objects.requireNonNull(reads.get(kind + id), kind + id);
            assertThat(image(read, column)).as("%s %s", kind, id).isEqualTo(row.get(column));
          }
        });
    assertThat(expected.values()).anyMatch(row -> row.get(column) != null);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void the_archives_type_holds_it(Sample sample) throws SQLException {
    Read any = reads.values().iterator().next();
    ColumnSchema column =
        Objects.requireNonNull(any.schema()).columns().stream()
            .filter(found -> found.name().equals(TypeSamples.column(sample)))
            .findFirst()
            .orElseThrow();
    assertThat(column.type()).isEqualTo(sample.archiveType());

    try (Connection archive = hot.connect();
        Statement statement = archive.createStatement()) {
      statement.execute(RowDigest.SESSION_SETTINGS);
      for (Map<String, @Nullable String> row : expected.values()) {
        String text = row.get(TypeSamples.column(sample));
        if (text != null) {
          String query = "SELECT format('%%s', %s::%s)".formatted(Sql.literal(text), column.type());
          try (ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo(text);
          }
        }
      }
    }
  }
}
