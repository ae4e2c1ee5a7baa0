package io.valmed.archive.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Maps, lists, texts and numbers as JSON, and back. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static byte[] bytes(Map<String, ? extends @Nullable Object> document) {
    try {
      return MAPPER.writeValueAsBytes(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of texts and numbers is JSON", e);
    }
  }

  /** An object; anything else counts as an empty one. */
  static JsonNode read(byte[] text) {
    try {
      JsonNode read = MAPPER.readTree(text);
      return read == null ? NullNode.getInstance() : read;
    } catch (IOException e) {
      return NullNode.getInstance();
    }
  }
}
