package io.valmed.archive.demo;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Progress as bars with rates and times left, for a terminal: the open ones stand in the last lines
 * and are drawn anew in place.
 */
final class BarProgress implements Progress {
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final int LONGEST_BAR = 40;
  private static final int OTHER_COLUMNS = 68;

  private final PrintWriter out;
  private final int barLength;
  private final List<TerminalBar> open = new ArrayList<>();
  private final List<String> waiting = new ArrayList<>();
  private int drawnLines;
  private long drawnAt;

  /**
   * @param columns how wide the terminal is
   */
  BarProgress(PrintWriter out, int columns) {
    this.out = out;
    this.barLength = Math.max(5, Math.min(LONGEST_BAR, columns - OTHER_COLUMNS));
  }

  @Override
  public Bar begin(String name, String unit, long expected) {
    TerminalBar bar = new TerminalBar(name, unit, expected);
    open.add(bar);
    draw();
    return bar;
  }

  /** A line between two bars would tear them: it waits until none is drawn. */
  @Override
  public void say(String line) {
    waiting.add(line);
    letGo();
  }

  @Override
  public void close() {
    open.clear();
    letGo();
  }

  /** Once no bar goes on, those drawn stay as they are and what waited is told. */
  private void letGo() {
    if (open.stream().allMatch(bar -> bar.ended)) {
      if (!open.isEmpty()) {
        draw();
        open.clear();
      }
      drawnLines = 0;
      waiting.forEach(out::println);
      waiting.clear();
      out.flush();
    }
  }

  private void draw() {
    StringBuilder text = new StringBuilder();
    if (drawnLines > 0) {
      text.append("\u001b[").append(drawnLines).append('A');
    }
    for (TerminalBar bar : open) {
      text.append('\r').append(bar.line(barLength)).append("\u001b[K\n");
    }
    out.print(text);
    out.flush();
    drawnLines = open.size();
    drawnAt = System.nanoTime();
  }

  private final class TerminalBar implements Bar {
    private final String name;
    private final String unit;
    private final long begun = System.nanoTime();
    private long took;
    private long expected;
    private long done;
    private boolean ended;

    TerminalBar(String name, String unit, long expected) {
      this.name = name;
      this.unit = unit;
      this.expected = expected;
    }

    @Override
    public void at(long nowDone, long nowExpected) {
      done = nowDone;
      expected = Math.max(nowDone, nowExpected);
      if (System.nanoTime() - drawnAt >= REDRAW_NANOS) {
        draw();
      }
    }

    @Override
    public void end() {
      if (!ended) {
        ended = true;
        took = System.nanoTime() - begun;
        letGo();
      }
    }

    String line(int length) {
      double seconds = Math.max(0.001, (ended ? took : System.nanoTime() - begun) / 1e9);
      double share = ended || expected == 0 ? 1 : Math.min(1, (double) done / expected);
      int full = (int) (share * length);
      double rate = done / seconds;
      String left = ended ? "in " : "left ";
      double time = ended ? seconds : rate > 0 ? (expected - done) / rate : Double.NaN;
      return String.format(
          Locale.ROOT,
          "%-8s%3.0f%% [%s%s] %,d %s  %,.0f/s  %s%s",
          name,
          share * 100,
          "=".repeat(full),
          " ".repeat(length - full),
          done,
          unit,
          rate,
          left,
          Double.isNaN(time) ? "?" : String.format(Locale.ROOT, "%.0f s", time));
    }
  }
}
