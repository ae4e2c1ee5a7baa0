package io.valmed.archive.model.topic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.valmed.archive.model.change.MalformedChangeException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Offsets reached in partitions of topics: the offset of the next record, as {@code
 * Consumer.position} tells it.
 *
 * @param next per {@code topic/partition} the next offset; never changed after construction
 */
public record Positions(SortedMap<String, Long> next) {
  private static final JsonFactory JSON = new JsonFactory();

  /** No partition at all; everything covers it. */
  public static final Positions NONE = new Positions(new TreeMap<>());

  public Positions {
    next = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(next));
  }

  public static Positions of(Map<String, Long> next) {
    return new Positions(new TreeMap<>(next));
  }

  /** How a partition is named here; {@code /} cannot stand in a topic's name. */
  public static String partition(String topic, int partition) {
    return topic + "/" + partition;
  }

  /** Whether every partition of the other has been reached here; an unknown one has not. */
  public boolean covers(Positions other) {
    return other.next.entrySet().stream()
        .allMatch(wanted -> next.getOrDefault(wanted.getKey(), 0L) >= wanted.getValue());
  }

  /** One JSON object: {@code {"valmed.public.drugs/0": 42}}. */
  public String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws MalformedChangeException when the text is something else
   */
  public static Positions fromJson(String text) throws MalformedChangeException {
    try (JsonParser in = JSON.createParser(text)) {
      in.nextToken();
      return read(in);
    } catch (IOException e) {
      throw new MalformedChangeException("positions are no JSON object of offsets");
    }
  }

  public void write(JsonGenerator out) throws IOException {
    out.writeStartObject();
    for (Map.Entry<String, Long> entry : next.entrySet()) {
      out.writeNumberField(entry.getKey(), entry.getValue());
    }
    out.writeEndObject();
  }

  public static Positions read(JsonParser in) throws IOException {
    TreeMap<String, Long> next = new TreeMap<>();
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      next.put(name, in.getLongValue());
    }
    return new Positions(next);
  }
}
