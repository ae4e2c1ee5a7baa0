package io.valmed.archive.capture.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.policy.TableRole;
import io.valmed.archive.runtime.StopException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the connector is shown of hot's messages, and what is kept of them. */
final class NeutralMessagesTest {
  private static final TableId ORDERS = TableId.parse("public.orders");
  private static final int OID = -2;
  private static final String OID_TEXT = "4294967294";

  private final Wire wire =
      Wire.open(List.of(new PolicyTable(ORDERS, TableRole.REFERENCE, null, List.of("secret"))), 1);
  private final NeutralMessages messages = new NeutralMessages(wire);

  /** Writes a message. */
  @FunctionalInterface
  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  private static ByteBuffer message(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writing.to(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.write(0);
  }

  private static ByteBuffer announcement(String table, char identity, String... columns) {
    return message(
        out -> {
          out.write('R');
          out.writeInt(OID);
          text(out, "public");
          text(out, table);
          out.write(identity);
          out.writeShort(columns.length);
          for (String column : columns) {
            out.write(1);
            text(out, column);
            out.writeInt(1700);
            out.writeInt(655366);
          }
        });
  }

  private static ByteBuffer insert(int... tuple) {
    return message(
        out -> {
          out.write('I');
          out.writeInt(OID);
          out.write('N');
          for (int one : tuple) {
            out.write(one);
          }
        });
  }

  private static String shown(ByteBuffer message) {
    return StandardCharsets.ISO_8859_1.decode(message.duplicate()).toString();
  }

  @Test
  void an_announced_table_has_a_name_of_its_own_and_numbered_columns_of_text() {
    ByteBuffer shown = messages.neutral(announcement("orders", 'f', "id", "secret", "ID"));

    assertThat(shown)
        .isEqualTo(
            message(
                out -> {
                  out.write('R');
                  out.writeInt(OID);
                  text(out, Announcements.SCHEMA);
                  text(out, "t" + OID_TEXT + "_1");
                  out.write('f');
                  out.writeShort(3);
                  for (int i = 0; i < 3; i++) {
                    out.write(0);
                    text(out, "c" + i);
                    out.writeInt(25);
                    out.writeInt(-1);
                  }
                }));
    messages.neutral(insert(0, 3, 'n', 'n', 'n'));
    Announced known = wire.announcements().of("t" + OID_TEXT + "_1");
    assertThat(known.table().id()).isEqualTo(ORDERS);
    assertThat(known.table().relation()).isEqualTo(4294967294L);
    assertThat(known.table().columns()).containsExactly("id", "ID");
    assertThat(known.table().fullImages()).isTrue();
    assertThat(known.position(1)).isEqualTo(2);
    assertThat(known.width()).isEqualTo(3);
  }

  @Test
  void a_row_is_left_as_it_came() {
    messages.neutral(announcement("orders", 'd', "id"));
    ByteBuffer row = insert(0, 1, 't', 0, 0, 0, 1, '7');

    assertThat(messages.neutral(row)).isSameAs(row);
    assertThat(row.position()).isZero();
  }

  @Test
  void announcements_are_told_apart_also_when_the_records_come_late() {
    String one = "t" + OID_TEXT + "_1";
    String other = "t" + OID_TEXT + "_0";
    for (String column : List.of("a", "b", "c")) {
      messages.neutral(announcement("orders", 'f', column));
      messages.neutral(insert(0, 1, 'n'));
      messages.neutral(insert(0, 1, 'n'));
    }

    Announced first = wire.announcements().of(one);
    assertThat(first.table().columns()).containsExactly("a");
    assertThat(wire.announcements().of(one)).isSameAs(first);
    assertThat(wire.announcements().of(other).table().columns()).containsExactly("b");
    assertThat(wire.announcements().of(one).table().columns()).containsExactly("c");
    assertThatThrownBy(() -> wire.announcements().of(other)).isInstanceOf(StopException.class);
  }

  @Test
  void an_announcement_that_nothing_came_of_gives_way_to_the_next() {
    messages.neutral(announcement("orders", 'f', "a"));
    messages.neutral(announcement("orders", 'f', "a", "b"));
    messages.neutral(insert(0, 2, 'n', 'n'));

    assertThat(wire.announcements().of("t" + OID_TEXT + "_1").width()).isEqualTo(2);
  }

  @Test
  void a_row_of_no_columns_is_shown_with_one_and_read_as_none() {
    String shown = shown(messages.neutral(announcement("orders", 'f')));
    ByteBuffer row = messages.neutral(insert(0, 0));

    assertThat(shown).contains("c0").doesNotContain("c1");
    assertThat(row).isEqualTo(insert(0, 1, 'n'));
    assertThat(wire.announcements().of("t" + OID_TEXT + "_1").width()).isZero();
  }

  @Test
  void what_a_transaction_holds_is_counted() {
    messages.neutral(
        message(
            out -> {
              out.write('B');
              out.writeLong(10);
              out.writeLong(0);
              out.writeInt(-3);
            }));
    messages.neutral(announcement("orders", 'f', "id"));
    messages.neutral(insert(0, 1, 'n'));
    messages.neutral(
        message(
            out -> {
              out.write('T');
              out.writeInt(2);
              out.write(0);
              out.writeInt(OID);
              out.writeInt(OID);
            }));
    for (int transactional = 0; transactional < 2; transactional++) {
      int flag = transactional;
      messages.neutral(
          message(
              out -> {
                out.write('M');
                out.write(flag);
                out.writeLong(5);
              }));
    }
    messages.neutral(
        message(
            out -> {
              out.write('C');
              out.write(0);
              out.writeLong(10);
              out.writeLong(17);
              out.writeLong(0);
            }));

    assertThat(wire.nextEnded()).isEqualTo(new Wire.Ended("4294967293", 4, 17));
    assertThat(wire.nextEnded()).isNull();
  }

  @Test
  void a_change_of_a_table_that_was_not_announced_is_refused() {
    assertThatThrownBy(() -> messages.neutral(insert(0, 1, 'n'))).isInstanceOf(StopException.class);
  }
}
