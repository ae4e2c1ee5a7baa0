package io.valmed.archive.runtime.settings.yaml;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What a value may be. One place for the reader, which collects all errors, and for the records,
 * which refuse the first one whoever makes them.
 */
public final class Limits {
  private Limits() {}

  /** A number from {@code min} to {@code max}, both included. */
  public record Numbers(String key, long min, long max, boolean bytes) {
    public Numbers(String key, long min, long max) {
      this(key, min, max, false);
    }

    public boolean allow(long value) {
      return value >= min && value <= max;
    }

    public String rule() {
      return bytes
          ? "must be " + Sizes.format(min) + " to " + Sizes.format(max)
          : "must be " + min + " to " + max;
    }

    public void check(long value) {
      if (!allow(value)) {
        throw new IllegalArgumentException(key + " " + rule() + ", but is " + value);
      }
    }
  }

  /** A duration from {@code min} to {@code max}, both included. */
  public record Times(String key, Duration min, Duration max) {
    public boolean allow(Duration value) {
      return value.compareTo(min) >= 0 && value.compareTo(max) <= 0;
    }

    public String rule() {
      return "must be " + Durations.format(min) + " to " + Durations.format(max);
    }

    public void check(Duration value) {
      if (!allow(value)) {
        throw new IllegalArgumentException(
            key + " " + rule() + ", but is " + Durations.format(value));
      }
    }
  }

  /** A name of a certain form. */
  public record Names(String key, Pattern form, String rule) {
    public Names(String key, String form, String rule) {
      this(key, Pattern.compile(form), rule);
    }

    public boolean allow(String value) {
      return form.matcher(value).matches();
    }

    public void check(String value) {
      if (!allow(value)) {
        throw new IllegalArgumentException(key + " " + rule + ", but is '" + value + "'");
      }
    }
  }
}
