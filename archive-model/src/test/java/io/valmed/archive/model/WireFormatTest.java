package io.valmed.archive.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.ChangeReader;
import io.valmed.archive.model.change.ChangeWriter;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.change.MalformedChangeException;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.model.topic.SchemaRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WireFormatTest {
  private static final TableSchema ORDERS =
      new TableSchema(
          new TableId("public", "orders"),
          3,
          List.of(
              new ColumnSchema("id", "uuid", "uuid", null),
              new ColumnSchema("patient", "text", "character varying", null),
              new ColumnSchema("status", "text", "orderstatus", "active")),
          List.of("id"));
  private static final Evidence EVIDENCE =
      new Evidence(2, 0x16B374D848L, 731, 1_700_000_000_123_456L);

  @Test
  void a_change_is_read_back_as_it_was_written() throws Exception {
    Change created =
        new Change(
            Operation.CREATE, EVIDENCE, null, null, image("a", "Zoë \uD83D\uDC8A \"x\"\n", null));

    byte[] value = new ChangeWriter("valmed", ORDERS).value(created);

    assertThat(new ChangeReader(ORDERS).read(value)).isEqualTo(created);
  }

  @Test
  void a_departure_keeps_its_full_last_image_and_its_cause() throws Exception {
    Change purged =
        new Change(Operation.DELETE, EVIDENCE, DepartureCause.PURGED, image("a", "", "done"), null);

    byte[] value = new ChangeWriter("valmed", ORDERS).value(purged);

    assertThat(new ChangeReader(ORDERS).read(value)).isEqualTo(purged);
  }

  @Test
  void a_departure_has_a_key_of_its_own() {
    ChangeWriter writer = new ChangeWriter("valmed", ORDERS);
    RowImage row = image("a", "b", "c");

    assertThat(text(writer.rowKey(row))).isEqualTo("{\"id\":\"a\"}");
    assertThat(text(writer.departureKey(row, EVIDENCE)))
        .isEqualTo("{\"id\":\"a\",\"arc_departed\":{\"epoch\":2,\"lsn\":97500059720}}");
  }

  @Test
  void an_envelope_of_another_version_is_refused_without_telling_a_value() {
    TableSchema older =
        new TableSchema(ORDERS.table(), 2, ORDERS.columns().subList(0, 2), ORDERS.key());
    byte[] value =
        new ChangeWriter("valmed", ORDERS)
            .value(new Change(Operation.READ, EVIDENCE, null, null, image("a", "CANARY", "c")));

    assertThatThrownBy(() -> new ChangeReader(older).read(value))
        .isInstanceOf(MalformedChangeException.class)
        .hasMessageContaining("status")
        .hasMessageNotContaining("CANARY");
  }

  @Test
  void schema_records_are_read_back_as_they_were_written() throws Exception {
    SchemaRecord version =
        new SchemaRecord.TableVersion(
            new TableSchema(
                ORDERS.table(),
                4,
                List.of(new ColumnSchema("id", "uuid", "uuid", null, 7)),
                ORDERS.key(),
                4_000_000_000L,
                List.of(2, 3)));
    SchemaRecord plain = new SchemaRecord.TableVersion(ORDERS);
    SchemaRecord parked = new SchemaRecord.TableParked(ORDERS.table(), 2, "It was renamed.");
    SchemaRecord epoch =
        new SchemaRecord.EpochState(
            new Epoch(2, "7312", 1, true, Positions.of(Map.of("valmed.public.orders/0", 42L))));

    SchemaRecord counted =
        new SchemaRecord.EpochState(
            Epoch.beginning(3, "7312", 1, Positions.of(Map.of("valmed.public.orders/0", 40L)))
                .completed(
                    Positions.of(Map.of("valmed.public.orders/0", 42L)),
                    Map.of(ORDERS.table(), 2L),
                    0x1_0000_002aL));

    for (SchemaRecord written : List.of(version, plain, parked, counted)) {
      assertThat(SchemaRecord.read(written.value())).isEqualTo(written);
    }
    assertThat(SchemaRecord.read(epoch.value())).isEqualTo(epoch);
  }

  @Test
  void a_schema_record_of_a_later_kind_is_passed_over_and_one_without_a_kind_refused()
      throws Exception {
    byte[] later =
        "{\"kind\":\"later\",\"version\":{\"version\":[1]}}".getBytes(StandardCharsets.UTF_8);
    byte[] none = "{\"table\":\"t\"}".getBytes(StandardCharsets.UTF_8);

    assertThat(SchemaRecord.read(later)).isEqualTo(new SchemaRecord.Other("later"));
    assertThatThrownBy(() -> SchemaRecord.read(none)).isInstanceOf(MalformedChangeException.class);
  }

  @Test
  void positions_cover_others_only_when_every_partition_is_reached() throws Exception {
    Positions wanted = Positions.of(Map.of("t/0", 5L, "t/1", 2L));

    assertThat(Positions.of(Map.of("t/0", 5L, "t/1", 2L, "u/0", 0L)).covers(wanted)).isTrue();
    assertThat(Positions.of(Map.of("t/0", 9L)).covers(wanted)).isFalse();
    assertThat(Positions.fromJson(wanted.toJson())).isEqualTo(wanted);
  }

  private static RowImage image(String id, String patient, @Nullable String status) {
    return new RowImage(new String[] {id, patient, status});
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
