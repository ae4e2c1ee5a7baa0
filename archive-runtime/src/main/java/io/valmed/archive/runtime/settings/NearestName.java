package io.valmed.archive.runtime.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the known name that someone most likely meant. */
public final class NearestName {
  private NearestName() {}

  /**
   * The known name with the fewest edits from the given one, if it takes few enough for a slip.
   *
   * @param name what was written
   * @param known what could have been
   */
  public static Optional<String> to(String name, Collection<String> known) {
    return known.stream()
        .filter(k -> resembles(name, k))
        .min(Comparator.comparingInt((String k) -> edits(name, k)).thenComparing(k -> k));
  }

  /** How many characters must be put in, taken out or replaced to make one of the other. */
  static int edits(String from, String to) {
    int[] previous = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] row = new int[to.length() + 1];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(previous[j], row[j - 1]) + 1);
      }
      previous = row;
    }
    return previous[to.length()];
  }

  private static boolean resembles(String name, String known) {
    int longer = Math.max(name.length(), known.length());
    return edits(name, known) <= Math.max(2, (longer + 1) / 3)
        || (name.length() >= 3 && known.startsWith(name))
        || (known.length() >= 3 && name.startsWith(known));
  }
}
