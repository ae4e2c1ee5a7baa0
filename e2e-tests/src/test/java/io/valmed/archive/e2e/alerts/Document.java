package io.valmed.archive.e2e.alerts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A part of a YAML or JSON file. */
record Document(@Nullable Object value) {
  static Document read(Path file) {
    try {
      return new Document(
          new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Files of a folder with that ending, by name. */
  static List<Path> files(Path folder, String ending) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What stands under the key; nothing where there is no such key. */
  Document get(String key) {
    return new Document(value instanceof Map<?, ?> map ? map.get(key) : null);
  }

  /** The parts of a list; none where it is no list. */
  List<Document> list() {
    return value instanceof List<?> list ? list.stream().map(Document::new).toList() : List.of();
  }

  /** The keys of a map; none where it is no map. */
  Set<String> keys() {
    return value instanceof Map<?, ?> map
        ? map.keySet().stream().map(String::valueOf).collect(Collectors.toSet())
        : Set.of();
  }

  /** As it stands in the file; empty where there is nothing. */
  String text() {
    return value == null ? "" : value.toString();
  }

  int number() {
    return Integer.parseInt(text());
  }
}
