package io.valmed.archive.runtime.settings.yaml;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as an operator writes them: {@code 64MiB}, {@code 512KiB}, {@code 1048576}. */
public final class Sizes {
  public static final String FORM = "write bytes, or a number with KiB, MiB or GiB: 64MiB";

  private static final Pattern TEXT = Pattern.compile("(\\d{1,9}) ?(B|KiB|MiB|GiB)?");

  private Sizes() {}

  /** The size in bytes, or nothing when the text is none. */
  public static OptionalLong parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    String unit = matcher.group(2) == null ? "B" : matcher.group(2);
    int shift =
        switch (unit) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    return OptionalLong.of(Long.parseLong(matcher.group(1)) << shift);
  }

  /** The size in its largest whole unit. */
  public static String format(long bytes) {
    for (int shift = 30; shift > 0; shift -= 10) {
      if (bytes != 0 && bytes % (1L << shift) == 0) {
        return (bytes >> shift) + (shift == 30 ? "GiB" : shift == 20 ? "MiB" : "KiB");
      }
    }
    return bytes + "B";
  }
}
