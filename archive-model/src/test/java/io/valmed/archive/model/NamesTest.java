package io.valmed.archive.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.model.topic.TopicNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "public.orders|public|orders|public.orders",
        "Public.Orders|public|orders|public.orders",
        "\"My Schema\".\"a.\"\"b\"|My Schema|a.\"b|\"My Schema\".\"a.\"\"b\"",
      })
  void a_table_name_is_read_by_postgresqls_rules(
      String text, String schema, String name, String shown) {
    TableId table = TableId.parse(text);

    assertThat(table).isEqualTo(new TableId(schema, name));
    assertThat(table).hasToString(shown);
    assertThat(TableId.parse(table.toString())).isEqualTo(table);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "orders", "a.", ".b", "a.b.c", "\"a.b", "a\"b\".c"})
  void what_is_no_table_name_is_refused(String text) {
    assertThatThrownBy(() -> TableId.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("schema.table");
  }

  @Test
  void topic_names_hold_only_what_kafka_allows() {
    TopicNames topics = new TopicNames("valmed");

    assertThat(topics.table(new TableId("public", "drugs"))).isEqualTo("valmed.public.drugs");
    assertThat(topics.table(new TableId("a b", "Ä.x"))).isEqualTo("valmed.a_x20b._xC3_x84_x2Ex");
  }

  @Test
  void an_lsn_is_read_back_as_it_was_written() {
    assertThat(Lsn.text(0x16_B374D848L)).isEqualTo("16/B374D848");
    assertThat(Lsn.parse("16/B374D848")).isEqualTo(0x16_B374D848L);
  }
}
