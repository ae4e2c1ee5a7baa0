package io.valmed.archive.e2e.secrecy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Everything that was written or can be seen, by the place where. */
final class Evidence {
  private final Map<String, StringBuilder> texts = new LinkedHashMap<>();

  synchronized void add(String place, String text) {
    texts.computeIfAbsent(place, p -> new StringBuilder()).append(text).append('\n');
  }

  /** Every file below the directory, its name too; what is no text is searched byte by byte. */
  void addFiles(String place, Path directory, Predicate<Path> searched) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.filter(Files::isRegularFile).filter(searched).toList();
    }
    for (Path file : files) {
      addFile(place + ", " + file.getFileName(), file);
    }
  }

  void addFile(String place, Path file) throws IOException {
    add(place, file + "\n" + Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  /** Which canaries each place tells; places that tell none are left out. */
  synchronized Map<String, Set<String>> told(Canaries canaries) {
    Map<String, Set<String>> told = new TreeMap<>();
    texts.forEach(
        (place, text) -> {
          Set<String> names = canaries.in(text.toString());
          if (!names.isEmpty()) {
            told.put(place, names);
          }
        });
    return told;
  }

  synchronized Set<String> places() {
    return Set.copyOf(texts.keySet());
  }

  /** Where in the place's text a word stands, for whoever looks into a failure. */
  synchronized String text(String place) {
    StringBuilder text = texts.get(place);
    return text == null ? "" : text.toString();
  }
}
