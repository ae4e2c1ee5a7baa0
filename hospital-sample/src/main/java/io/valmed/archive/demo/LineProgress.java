package io.valmed.archive.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Progress as plain lines, for logs: each piece of work at its end and every few seconds. */
final class LineProgress implements Progress {
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final PrintWriter out;

  LineProgress(PrintWriter out) {
    this.out = out;
  }

  @Override
  public Bar begin(String name, String unit, long expected) {
    return new LineBar(name, unit, expected);
  }

  @Override
  public void say(String line) {
    out.println(line);
  }

  @Override
  public void close() {
    out.flush();
  }

  private final class LineBar implements Bar {
    private final String name;
    private final String unit;
    private final long begun = System.nanoTime();
    private long told = begun;
    private long expected;
    private long done;
    private boolean ended;

    LineBar(String name, String unit, long expected) {
      this.name = name;
      this.unit = unit;
      this.expected = expected;
    }

    @Override
    public void at(long nowDone, long nowExpected) {
      done = nowDone;
      expected = nowExpected;
      if (System.nanoTime() - told >= EVERY.toNanos()) {
        tell();
      }
    }

    @Override
    public void end() {
      if (!ended) {
        ended = true;
        tell();
      }
    }

    private void tell() {
      told = System.nanoTime();
      double seconds = Math.max(0.001, (told - begun) / 1e9);
      out.println(
          String.format(
              Locale.ROOT,
              "%-8s %,d of %,d %s in %.1f s (%,.0f/s)",
              name,
              done,
              Math.max(done, expected),
              unit,
              seconds,
              done / seconds));
    }
  }
}
