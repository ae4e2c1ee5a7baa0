package io.valmed.archive.e2e.secrecy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Words that nothing may tell, and the search for them. */
final class Canaries {
  private final Map<String, List<String>> anyCase = new LinkedHashMap<>();
  private final Map<String, List<String>> exactly = new LinkedHashMap<>();

  /**
   * A new word to be put where it is a secret; letters and digits, so that no encoding of URLs or
   * JSON changes it.
   */
  String hatch(String name) {
    String word = "Kanari" + UUID.randomUUID().toString().replace("-", "");
    watch(name, word);
    return word;
  }

  /** A new key of a row. */
  String hatchKey(String name) {
    String key = UUID.randomUUID().toString();
    watch(name, key);
    return key;
  }

  /** Looks for a word that is secret already; ASCII. */
  void watch(String name, String word) {
    anyCase.put(
        name, List.of(word.toLowerCase(Locale.ROOT), HexFormat.of().formatHex(bytes(word))));
    List<String> encoded = new ArrayList<>();
    // In the midst of a longer text base64 has three ways to begin.
    for (int before = 0; before < 3; before++) {
      String whole = Base64.getEncoder().encodeToString(bytes(" ".repeat(before) + word));
      int from = before == 0 ? 0 : 4;
      encoded.add(whole.substring(from, whole.replace("=", "").length() - 2));
    }
    exactly.put(name, encoded);
  }

  /** The names of those that the text tells, as they are, in hexadecimal digits or in base64. */
  Set<String> in(String text) {
    Set<String> told = new TreeSet<>();
    String lower = text.toLowerCase(Locale.ROOT);
    anyCase.forEach(
        (name, forms) -> {
          if (forms.stream().anyMatch(lower::contains)) {
            told.add(name);
          }
        });
    exactly.forEach(
        (name, forms) -> {
          if (forms.stream().anyMatch(text::contains)) {
            told.add(name + " (base64)");
          }
        });
    return told;
  }

  private static byte[] bytes(String word) {
    return word.getBytes(StandardCharsets.UTF_8);
  }
}
