package io.valmed.archive.model.topic;

import io.valmed.archive.model.TableId;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The names of the product's topics under one prefix.
 *
 * @param prefix letters, digits, {@code _} and {@code -}; no dot, so that no table's topic can meet
 *     one of the product's own
 */
public record TopicNames(String prefix) {
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_-]{1,100}");
  private static final int LONGEST = 249;

  public TopicNames {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "prefix must be 1 to 100 letters, digits, '_' or '-', but is '" + prefix + "'");
    }
  }

  /**
   * The topic of a table's changes: {@code prefix.schema.table}. Characters that Kafka does not
   * allow are written {@code _xHH}, one for each UTF-8 byte.
   *
   * @throws IllegalArgumentException when the name would be longer than Kafka's 249 characters
   */
  public String table(TableId table) {
    String name = prefix + "." + legal(table.schema()) + "." + legal(table.name());
    if (name.length() > LONGEST) {
      throw new IllegalArgumentException(
          "the topic name of "
              + table
              + " is longer than "
              + LONGEST
              + " characters; use a"
              + " shorter prefix");
    }
    return name;
  }

  /** Versions of each table's columns, and epochs. One partition, compacted. */
  public String schema() {
    return prefix + ".schema";
  }

  /** The source offset, written in the same Kafka transaction as the changes it covers. */
  public String captureOffsets() {
    return prefix + ".capture-offsets";
  }

  /** Truncates, logical messages, whatever is not a keyed row of a policy table. */
  public String alarms() {
    return prefix + ".alarms";
  }

  /** Changes of tables that no longer fit their topic, whole and in order. One partition. */
  public String parked() {
    return prefix + ".parked";
  }

  private static String legal(String name) {
    StringBuilder out = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || c == '_' || c == '-')) {
        out.append(c);
      } else {
        out.append("_x").append(String.format("%02X", b & 0xff));
      }
    }
    return out.toString();
  }
}
