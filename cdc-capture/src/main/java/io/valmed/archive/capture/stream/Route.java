package io.valmed.archive.capture.stream;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Where the rows of a table of the policy go. */
public sealed interface Route permits TableRoute, ParkedRoute {

  /** A header with a number. */
  static Header header(String name, int value) {
    return header(name, Integer.toString(value));
  }

  /** A header with a text. */
  static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
