package io.valmed.archive.capture.engine;

import io.valmed.archive.model.TableId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What hot sends ({@code pgoutput}, version 1), made neutral for the connector. An announced table
 * gets a name that stands for its announcement, without a key, and its columns numbers and the type
 * {@code text}: the connector then hands on each value as hot's output function wrote it, an update
 * of a key as one change, and finds no catalog entry whose default or constraint would have a say.
 * Everything else goes as it came. On the way it is counted what each transaction holds.
 *
 * <p>Used by the connection's thread alone.
 */
final class NeutralMessages {
  private static final int TEXT_OID = 25;
  private static final int NO_MODIFIER = -1;
  private static final byte TRANSACTIONAL = 1;

  /** A tuple of one column that is NULL, for one of none: the connector passes over empty rows. */
  private static final byte[] ONE_NULL = {0, 1, 'n'};

  private final Wire wire;
  private final Set<Integer> empty = new HashSet<>();
  private String txid = "";
  private long events;

  NeutralMessages(Wire wire) {
    this.wire = wire;
  }

  /** What the connector is to see in the message's place. */
  ByteBuffer neutral(ByteBuffer message) {
    ByteBuffer read = message.duplicate();
    byte type = read.get();
    return switch (type) {
      case 'R' -> relation(read);
      case 'I', 'U', 'D' -> row(type, read, message);
      default -> {
        noticed(type, read);
        yield message;
      }
    };
  }

  private void noticed(byte type, ByteBuffer read) {
    switch (type) {
      case 'B' -> begin(read);
      case 'C' -> commit(read);
      case 'T' -> truncate(read);
      case 'M' -> events += (read.get() & TRANSACTIONAL) == 0 ? 0 : 1;
      default -> {
        // Nothing that is counted.
      }
    }
  }

  private void begin(ByteBuffer read) {
    read.position(read.position() + 2 * Long.BYTES);
    txid = Integer.toUnsignedString(read.getInt());
    events = 0;
  }

  private void commit(ByteBuffer read) {
    read.position(read.position() + 1 + Long.BYTES);
    wire.ended(new Wire.Ended(txid, events, read.getLong()));
  }

  private void truncate(ByteBuffer read) {
    int tables = read.getInt();
    read.get();
    for (int i = 0; i < tables; i++) {
      wire.announcements().used(read.getInt());
    }
    events += tables;
  }

  private ByteBuffer row(byte type, ByteBuffer read, ByteBuffer message) {
    int relation = read.getInt();
    wire.announcements().used(relation);
    events++;
    if (!empty.contains(relation)) {
      return message;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(type);
    number(out, relation);
    while (read.hasRemaining()) {
      out.write(read.get());
      read.getShort();
      out.writeBytes(ONE_NULL);
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  private ByteBuffer relation(ByteBuffer read) {
    int relation = read.getInt();
    TableId id = new TableId(text(read), text(read));
    byte identity = read.get();
    List<String> columns = new ArrayList<>();
    for (int left = Short.toUnsignedInt(read.getShort()); left > 0; left--) {
      read.get();
      columns.add(text(read));
      read.position(read.position() + 2 * Integer.BYTES);
    }
    String name = wire.announcements().announced(relation, id, columns, identity == 'f');
    if (columns.isEmpty()) {
      empty.add(relation);
    } else {
      empty.remove(relation);
    }
    return ByteBuffer.wrap(announcement(relation, name, identity, Math.max(1, columns.size())));
  }

  private static byte[] announcement(int relation, String name, byte identity, int columns) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write('R');
    number(out, relation);
    text(out, Announcements.SCHEMA);
    text(out, name);
    out.write(identity);
    out.write(columns >> Byte.SIZE);
    out.write(columns);
    for (int i = 0; i < columns; i++) {
      out.write(0);
      text(out, column(i));
      number(out, TEXT_OID);
      number(out, NO_MODIFIER);
    }
    return out.toByteArray();
  }

  /** The name that the connector knows a column by. */
  static String column(int position) {
    return "c" + position;
  }

  private static String text(ByteBuffer read) {
    ByteBuffer rest = read.slice();
    int length = 0;
    while (rest.get() != 0) {
      length++;
    }
    read.position(read.position() + length + 1);
    rest.flip().limit(length);
    return StandardCharsets.UTF_8.decode(rest).toString();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    out.write(0);
  }

  private static void number(ByteArrayOutputStream out, int number) {
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
  }
}
