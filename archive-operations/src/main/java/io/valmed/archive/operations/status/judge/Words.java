package io.valmed.archive.operations.status.judge;

import java.util.Locale;

/** Numbers as people read them. */
public final class Words {
  private static final String[] UNITS = {"bytes", "KB", "MB", "GB", "TB", "PB"};

  private Words() {}

  /** {@code 1.2 s}, {@code 48 s}, {@code 5 min}, {@code 3 h}, {@code 12 d}. */
  public static String seconds(double seconds) {
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    if (seconds < 120) {
      return Math.round(seconds) + " s";
    }
    if (seconds < 2 * 3600) {
      return Math.round(seconds / 60) + " min";
    }
    return seconds < 2 * 86_400
        ? Math.round(seconds / 3600) + " h"
        : Math.round(seconds / 86_400) + " d";
  }

  /** {@code 812 bytes}, {@code 1.4 GB}: of 1024 each. */
  public static String bytes(long bytes) {
    int unit = 0;
    double left = (double) bytes;
    while (left >= 1024 && unit < UNITS.length - 1) {
      left /= 1024;
      unit++;
    }
    return unit == 0 || left >= 100
        ? Math.round(left) + " " + UNITS[unit]
        : String.format(Locale.ROOT, "%.1f %s", left, UNITS[unit]);
  }

  /** With commas. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
