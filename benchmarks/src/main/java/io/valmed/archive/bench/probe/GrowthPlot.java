package io.valmed.archive.bench.probe;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Draws the rates over the archive's size as SVG. */
public final class GrowthPlot {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 380;
  private static final int LEFT = 80;
  private static final int BOTTOM = 60;
  private static final int TOP = 30;
  private static final int RIGHT = 130;
  private static final int LINES = 5;

  private final List<GrowthPoint> points;
  private final double most;
  private final double largest;

  private GrowthPlot(List<GrowthPoint> points) {
    this.points = points;
    this.most =
        points.stream()
            .mapToDouble(p -> Math.max(p.sink(), Math.max(p.purge(), p.departures())))
            .max()
            .orElse(1);
    this.largest = Math.max(1, points.stream().mapToDouble(GrowthPoint::size).max().orElse(1));
  }

  /** The picture. */
  public static String svg(List<GrowthPoint> points) {
    return new GrowthPlot(points).draw();
  }

  private String draw() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="white"/>
        <text x="%d" y="18">rows per second, by rows in the archive</text>
        """
            .formatted(WIDTH, HEIGHT, LEFT));
    for (int i = 0; i <= LINES; i++) {
      double rate = most * i / LINES;
      svg.append(
          text(
              """
              <line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%,.0f</text>
              """,
              LEFT, y(rate), WIDTH - RIGHT, y(rate), LEFT - 8, y(rate) + 4, rate));
    }
    for (GrowthPoint point : points) {
      svg.append(
          text(
              """
              <text x="%.1f" y="%d" text-anchor="middle">%,.1fM</text>
              """,
              x(point.size()), HEIGHT - BOTTOM + 20, point.size() / 1e6));
    }
    curve(svg, "sink", "#1f77b4", GrowthPoint::sink);
    curve(svg, "purge", "#d62728", GrowthPoint::purge);
    curve(svg, "departures", "#2ca02c", GrowthPoint::departures);
    return svg.append("</svg>\n").toString();
  }

  private void curve(
      StringBuilder svg, String name, String colour, ToDoubleFunction<GrowthPoint> rate) {
    String line =
        points.stream()
            .map(p -> text("%.1f,%.1f", x(p.size()), y(rate.applyAsDouble(p))))
            .collect(Collectors.joining(" "));
    double end = y(rate.applyAsDouble(points.get(points.size() - 1)));
    svg.append(
        text(
            """
            <polyline points="%s" fill="none" stroke="%s" stroke-width="2"/><text x="%d" y="%.1f" fill="%s">%s</text>
            """,
            line, colour, WIDTH - RIGHT + 8, end + 4, colour, name));
  }

  private double x(long size) {
    return LEFT + (WIDTH - LEFT - RIGHT) * (double) size / largest;
  }

  private double y(double rate) {
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * rate / most;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
