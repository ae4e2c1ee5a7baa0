package io.valmed.archive.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.capture.engine.ChosenStream;
import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceEvent.Begin;
import io.valmed.archive.capture.event.SourceEvent.End;
import io.valmed.archive.capture.event.SourceEvent.Oddity;
import io.valmed.archive.capture.event.SourceEvent.RowChange;
import io.valmed.archive.capture.event.SourceStream;
import io.valmed.archive.capture.event.StreamedTable;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.provisioning.hot.HotProvisioning;
import io.valmed.archive.runtime.settings.CaptureSettings;
import io.valmed.archive.runtime.settings.CaptureSettings.Stream;
import io.valmed.archive.runtime.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Both streams over one load: from two slots that stand at one place the same events come, and two
 * captures, one with each, write the same bytes.
 */
class StreamsAgreeTest {
  private static final TableId ORDERS = TableId.parse("public.orders");
  private static final List<String> TOPICS = List.of("public.orders", "public.types");
  private static final int LAST = 999_999;

  private static final HotFixture hot = new HotFixture();
  private static final Map<Stream, Settings> settings = new TreeMap<>();
  private static final Map<Stream, CaptureService> captures = new TreeMap<>();
  private static final Map<Stream, List<String>> events = new TreeMap<>();

  @BeforeAll
  static void load() throws Exception {
    TypeSamples.EXTENSIONS.forEach(name -> hot.sql("CREATE EXTENSION " + name));
    hot.sql(TypeSamples.DEFINITIONS);
    // Two installations may capture a table that neither purges.
    hot.reference("public.types", TypeSamples.columns())
        .reference("public.orders", "id int primary key, at timestamp, note text default 'none'")
        .reference("public.users", "id int primary key, name text, secret text", "secret");
    for (Stream stream : Stream.values()) {
      Settings of = of(stream);
      settings.put(stream, of);
      new HotProvisioning(of).apply();
    }
    StreamsLoad.strangers(hot);
    for (Stream stream : Stream.values()) {
      captures.put(
          stream, CaptureService.start(settings(stream), CaptureOptions.NONE, FailPoint.NONE));
      awaitPassed(stream);
    }
    hot.sql("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')".formatted(slot("d")));
    hot.sql("SELECT pg_copy_logical_replication_slot('%s', '%s')".formatted(slot("d"), slot("e")));

    StreamsLoad.changes(hot);
    StreamsLoad.alterations(hot, StreamsAgreeTest::awaitBoth);
    hot.sql("INSERT INTO orders VALUES (%d, NULL, 'the last')".formatted(LAST));
    awaitBoth();
    events.put(Stream.DIRECT, read(Stream.DIRECT, slot("d")));
    events.put(Stream.ENGINE, read(Stream.ENGINE, slot("e")));
  }

  @AfterAll
  static void close() {
    captures.values().forEach(CaptureService::close);
    Awaitility.await()
        .until(() -> "0".equals(hot.value("SELECT count(*)::text FROM pg_stat_replication")));
    hot.sql(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE '%s%%'"
            .formatted(hot.slot() + "\\_"));
    hot.close();
  }

  private static String slot(String name) {
    return hot.slot() + "_" + name;
  }

  private static String word(Stream stream) {
    return stream.name().toLowerCase(Locale.ROOT);
  }

  private static Settings settings(Stream stream) {
    return Objects.requireNonNull(settings.get(stream));
  }

  private static Settings of(Stream stream) {
    return with(stream, slot("of_" + word(stream)), "arc_" + word(stream));
  }

  private static Settings with(Stream stream, String slot, String publication) {
    Settings all = hot.settings();
    CaptureSettings capture = all.capture();
    return new Settings(
        all.prefix() + "-" + word(stream),
        all.hot(),
        all.archive(),
        all.kafka(),
        all.policy(),
        new CaptureSettings(
            slot,
            publication,
            capture.heartbeatEvery(),
            500,
            capture.transactionTime(),
            capture.health(),
            stream),
        all.sink(),
        all.purge());
  }

  private static void awaitBoth() {
    captures.keySet().forEach(StreamsAgreeTest::awaitPassed);
  }

  private static void awaitPassed(Stream stream) {
    hot.awaitPassed(
        Objects.requireNonNull(captures.get(stream)), settings(stream).capture().slot());
  }

  /**
   * What the stream tells of all up to the last row, each event in words that leave nothing out.
   */
  private static List<String> read(Stream kind, String slot) throws Exception {
    String from =
        hot.value(
            "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '%s'"
                .formatted(slot));
    Settings of = with(kind, slot, StreamsLoad.PUBLICATION);
    long lsn = Lsn.parse(Objects.requireNonNull(from));
    IdentityHashMap<StreamedTable, String> tables = new IdentityHashMap<>();
    List<String> told = new ArrayList<>();
    boolean last = false;
    try (SourceStream stream = ChosenStream.start(of, Capture.tables(of), lsn)) {
      while (!last || !told.get(told.size() - 1).startsWith("End")) {
        for (SourceEvent event : stream.poll()) {
          if (last && told.get(told.size() - 1).startsWith("End")) {
            break;
          }
          told.add(told(event, tables));
          last |= event instanceof RowChange row && last(row);
        }
      }
    }
    return told;
  }

  private static boolean last(RowChange row) {
    RowImage after = row.after();
    return row.table().id().equals(ORDERS)
        && after != null
        && Integer.toString(LAST).equals(after.get(0));
  }

  private static String told(SourceEvent event, IdentityHashMap<StreamedTable, String> tables) {
    if (event instanceof RowChange row) {
      StreamedTable table = row.table();
      String announced =
          tables.computeIfAbsent(
              table,
              one ->
                  "announcement %d: %s %d %s %s"
                      .formatted(
                          tables.size(),
                          one.id(),
                          one.relation(),
                          one.columns(),
                          one.fullImages()));
      return "RowChange[%s] %s %s -> %s %s %s"
          .formatted(
              announced,
              row.operation(),
              image(row.before()),
              image(row.after()),
              row.whole(),
              row.place());
    }
    return event.toString();
  }

  private static String image(@Nullable RowImage image) {
    if (image == null) {
      return "none";
    }
    String[] values = new String[image.size()];
    for (int i = 0; i < values.length; i++) {
      String value = image.get(i);
      values[i] =
          SourceEvent.notSent(value) ? "<not sent>" : value == null ? "<null>" : "'" + value + "'";
    }
    return Arrays.toString(values);
  }

  private static List<String> of(Stream stream, String prefix) {
    return Objects.requireNonNull(events.get(stream)).stream()
        .filter(told -> told.startsWith(prefix))
        .toList();
  }

  @Test
  void the_same_events_come_from_one_place_in_hot() {
    List<String> direct = of(Stream.DIRECT, "");

    assertThat(of(Stream.ENGINE, "")).containsExactlyElementsOf(direct);
    assertThat(of(Stream.DIRECT, End.class.getSimpleName()))
        .hasSameSizeAs(of(Stream.DIRECT, Begin.class.getSimpleName()))
        .hasSizeGreaterThan(20);
    assertThat(of(Stream.DIRECT, Oddity.class.getSimpleName())).hasSizeGreaterThan(5);
    assertThat(of(Stream.DIRECT, RowChange.class.getSimpleName()))
        .hasSizeGreaterThan(StreamsLoad.LARGE)
        .anyMatch(row -> row.contains("<not sent>"))
        .anyMatch(row -> row.contains("origin=arc_purge_agree"));
  }

  @Test
  void two_captures_write_the_same_bytes() {
    for (String table : TOPICS) {
      List<String> direct = records(Stream.DIRECT, table);

      assertThat(records(Stream.ENGINE, table)).as(table).containsExactlyElementsOf(direct);
      assertThat(direct).as(table).hasSizeGreaterThan(20);
    }
  }

  /**
   * All records of the table's topic, whole but for the installation's name, partition by partition
   * in order.
   */
  private static List<String> records(Stream stream, String table) {
    Settings of = settings(stream);
    Map<Integer, List<String>> partitions = new TreeMap<>();
    String topic = new TopicNames(of.prefix()).table(TableId.parse(table));
    String name = "\"name\":\"" + of.prefix() + "\"";
    new TopicReader(of, topic)
        .records()
        .forEach(
            record -> {
              StringBuilder told = new StringBuilder();
              told.append(record.partition()).append(' ').append(text(record.key())).append(' ');
              told.append(text(record.value()).replace(name, "\"name\":\"installation\""));
              for (Header header : record.headers()) {
                told.append(' ').append(header.key()).append('=').append(text(header.value()));
              }
              partitions
                  .computeIfAbsent(record.partition(), number -> new ArrayList<>())
                  .add(told.toString());
            });
    return partitions.values().stream().flatMap(List::stream).toList();
  }

  /** One letter for each byte. */
  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "none" : new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
