package io.valmed.archive.capture.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.valmed.archive.model.change.ChangeWriter;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.topic.RecordHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record of the parked topic, its images by their columns' names.
 *
 * @param table as the policy names it
 * @param source the table's name in hot then: after a rename another table may have the policy's
 * @param version of which its table was then; 0: of none that is known
 * @param cause of a delete; null: it is none
 * @param before null: there is none
 * @param after null: there is none
 */
record ParkedChange(
    String table,
    String source,
    int version,
    Operation operation,
    @Nullable DepartureCause cause,
    Evidence evidence,
    @Nullable Map<String, @Nullable String> before,
    @Nullable Map<String, @Nullable String> after) {
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
              .build());

  /** The record; null: it cannot be read. */
  static @Nullable ParkedChange read(ConsumerRecord<byte[], byte[]> record) {
    Header version = record.headers().lastHeader(RecordHeaders.VERSION);
    Header table = record.headers().lastHeader(RecordHeaders.TABLE);
    if (table == null || record.value() == null) {
      return null;
    }
    try {
      JsonNode read = JSON.readTree(record.value());
      JsonNode source = read.path("source");
      JsonNode cause = read.get(ChangeWriter.CAUSE);
      return new ParkedChange(
          new String(table.value(), StandardCharsets.UTF_8),
          source.path("schema").asText() + "." + source.path("table").asText(),
          version == null ? 0 : number(version),
          Operation.of(read.path("op").asText()),
          cause == null ? null : DepartureCause.of(cause.asText()),
          new Evidence(
              source.path("epoch").asInt(),
              source.path("lsn").asLong(),
              source.path("txId").asLong(),
              source.path("ts_us").asLong()),
          image(read.path("before")),
          image(read.path("after")));
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  /** The policy's table that a record belongs to; {@code ?} where it does not say. */
  static String table(ConsumerRecord<byte[], byte[]> record) {
    Header table = record.headers().lastHeader(RecordHeaders.TABLE);
    return table == null ? "?" : new String(table.value(), StandardCharsets.UTF_8);
  }

  static int number(Header header) {
    return Integer.parseInt(new String(header.value(), StandardCharsets.US_ASCII));
  }

  private static @Nullable Map<String, @Nullable String> image(JsonNode node) {
    if (!node.isObject()) {
      return null;
    }
    Map<String, @Nullable String> image = new HashMap<>();
    for (Map.Entry<String, JsonNode> column : node.properties()) {
      image.put(column.getKey(), column.getValue().isNull() ? null : column.getValue().asText());
    }
    return image;
  }
}
