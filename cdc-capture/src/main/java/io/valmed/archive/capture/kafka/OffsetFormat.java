package io.valmed.archive.capture.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.capture.start.Published;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Positions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The records of the offsets topic: the slot is the key, one JSON object the value. */
final class OffsetFormat {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String WRITTEN = "written";

  private OffsetFormat() {}

  static byte[] key(String slot) {
    return slot.getBytes(StandardCharsets.UTF_8);
  }

  /** Of what a transaction writes that does not change the offset. Nobody reads its value. */
  static byte[] otherKey(String slot) {
    return (slot + "/").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @param written where the topics end, as far as that is known; what this is written with stands
   *     behind
   */
  static byte[] write(SourceOffset offset, Positions written) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("lsn", Lsn.text(offset.lsn()));
      SourceOffset.@Nullable Part part = offset.part();
      if (part != null) {
        out.writeObjectFieldStart("part");
        out.writeStringField("txid", part.txid());
        out.writeNumberField("rows", part.rows());
        out.writeStringField("seen_lsn", Lsn.text(part.seenLsn()));
        out.writeEndObject();
      }
      out.writeNumberField("beat", offset.beat());
      out.writeNumberField("epoch", offset.epoch());
      out.writeStringField("system_id", offset.systemId());
      out.writeNumberField("timeline", offset.timeline());
      out.writeObjectFieldStart("topics");
      for (Map.Entry<String, String> topic : offset.topicIds().entrySet()) {
        out.writeStringField(topic.getKey(), topic.getValue());
      }
      out.writeEndObject();
      out.writeObjectFieldStart(WRITTEN);
      for (Map.Entry<String, Long> end : written.next().entrySet()) {
        out.writeNumberField(end.getKey(), end.getValue());
      }
      out.writeEndObject();
      write(offset.published(), out);
      if (offset.installation() != null) {
        out.writeStringField("installation", offset.installation().toString());
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(Published published, JsonGenerator out) throws IOException {
    if (published.known()) {
      out.writeStringField("publication", published.publication());
      write("published", published.tables(), out);
      write("shapes", published.shapes(), out);
    }
  }

  private static void write(String name, Map<TableId, String> tables, JsonGenerator out)
      throws IOException {
    out.writeObjectFieldStart(name);
    for (Map.Entry<TableId, String> table : tables.entrySet()) {
      out.writeStringField(table.getKey().sql(), table.getValue());
    }
    out.writeEndObject();
  }

  /**
   * @throws IOException when the bytes are something else
   */
  static SourceOffset read(byte[] value) throws IOException {
    try (JsonParser in = JSON.createParser(value)) {
      in.nextToken();
      return new Parsed(in).offset();
    } catch (RuntimeException e) {
      throw new IOException("a record of the offsets topic cannot be read", e);
    }
  }

  /**
   * Where the topics ended when the value was written; empty: its writer did not say yet.
   *
   * @throws IOException when the bytes are something else
   */
  static Positions written(byte[] value) throws IOException {
    Map<String, Long> ends = new TreeMap<>();
    try (JsonParser in = JSON.createParser(value)) {
      in.nextToken();
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        in.nextToken();
        if (!name.equals(WRITTEN)) {
          in.skipChildren();
          continue;
        }
        for (String end = in.nextFieldName(); end != null; end = in.nextFieldName()) {
          ends.put(end, in.nextLongValue(0));
        }
      }
    }
    return Positions.of(ends);
  }

  private static final class Parsed {
    private long lsn;
    private SourceOffset.@Nullable Part part;
    private long beat;
    private int epoch;
    private String systemId = "";
    private int timeline;
    private final Map<String, String> topicIds = new TreeMap<>();
    private @Nullable UUID installation;
    private String publication = "";
    private final Map<TableId, String> published = new HashMap<>();
    private final Map<TableId, String> shapes = new HashMap<>();

    Parsed(JsonParser in) throws IOException {
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        in.nextToken();
        switch (name) {
          case "lsn" -> lsn = Lsn.parse(in.getText());
          case "part" -> part = part(in);
          case "beat" -> beat = in.getLongValue();
          case "epoch" -> epoch = in.getIntValue();
          case "system_id" -> systemId = in.getText();
          case "timeline" -> timeline = in.getIntValue();
          case "topics" -> {
            for (String topic = in.nextFieldName(); topic != null; topic = in.nextFieldName()) {
              topicIds.put(topic, in.nextTextValue());
            }
          }
          case "installation" -> installation = UUID.fromString(in.getText());
          case "publication" -> publication = in.getText();
          case "published" -> tables(in, published);
          case "shapes" -> tables(in, shapes);
          default -> in.skipChildren();
        }
      }
    }

    private static void tables(JsonParser in, Map<TableId, String> all) throws IOException {
      for (String table = in.nextFieldName(); table != null; table = in.nextFieldName()) {
        all.put(TableId.parse(table), in.nextTextValue());
      }
    }

    private static SourceOffset.Part part(JsonParser in) throws IOException {
      String txid = "";
      long rows = 0;
      long seenLsn = 0;
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        in.nextToken();
        switch (name) {
          case "txid" -> txid = in.getText();
          case "rows" -> rows = in.getLongValue();
          case "seen_lsn" -> seenLsn = Lsn.parse(in.getText());
          default -> in.skipChildren();
        }
      }
      return new SourceOffset.Part(txid, rows, seenLsn);
    }

    SourceOffset offset() {
      return new SourceOffset(
          lsn,
          part,
          beat,
          epoch,
          systemId,
          timeline,
          topicIds,
          new Published(publication, published, shapes),
          installation);
    }
  }
}
