package io.valmed.archive.runtime.settings.yaml;

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

  /**
   * How many characters must be put in, taken out, replaced or exchanged with the next to make one
   * of the other.
   */
  public static int edits(String from, String to) {
    int[][] rows = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          rows[i][j] = i + j;
          continue;
        }
        int replaced = rows[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        rows[i][j] = Math.min(replaced, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
      }
    }
    return rows[from.length()][to.length()];
  }

  private static boolean resembles(String name, String known) {
    int longer = Math.max(name.length(), known.length());
    return edits(name, known) <= Math.max(2, (longer + 1) / 3)
        || (name.length() >= 3 && known.startsWith(name))
        || (known.length() >= 3 && name.startsWith(known));
  }
}
