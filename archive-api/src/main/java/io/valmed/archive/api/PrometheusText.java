package io.valmed.archive.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gauges in Prometheus's text format. A value that is not known is left out, never NaN. */
final class PrometheusText {
  private final StringBuilder text = new StringBuilder();

  /** The values of one name. */
  static final class Values {
    private final List<String> lines = new ArrayList<>();

    /**
     * Adds a value.
     *
     * @param value null: not known
     * @param labels names and values by turns
     */
    Values add(@Nullable Number value, String... labels) {
      if (value != null && Double.isFinite(value.doubleValue())) {
        lines.add(labels(labels) + " " + number(value));
      }
      return this;
    }

    Values add(boolean value, String... labels) {
      return add(value ? 1 : 0, labels);
    }

    private static String labels(String... labels) {
      if (labels.length == 0) {
        return "";
      }
      StringBuilder all = new StringBuilder("{");
      for (int i = 0; i < labels.length; i += 2) {
        all.append(i == 0 ? "" : ",").append(labels[i]).append("=\"");
        all.append(escaped(labels[i + 1])).append('"');
      }
      return all.append('}').toString();
    }

    private static String escaped(String value) {
      return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"");
    }

    private static String number(Number value) {
      double number = value.doubleValue();
      return number == Math.rint(number) && Math.abs(number) < 1e15
          ? Long.toString((long) number)
          : Double.toString(number);
    }
  }

  /** Adds all values of one name; nothing where none is known. */
  PrometheusText gauge(String name, String help, Values values) {
    if (!values.lines.isEmpty()) {
      text.append("# HELP ").append(name).append(' ').append(help).append('\n');
      text.append("# TYPE ").append(name).append(" gauge\n");
      values.lines.forEach(line -> text.append(name).append(line).append('\n'));
    }
    return this;
  }

  /** Adds one value without labels. */
  PrometheusText gauge(String name, String help, @Nullable Number value) {
    return gauge(name, help, new Values().add(value));
  }

  /** Adds one value without labels. */
  PrometheusText gauge(String name, String help, boolean value) {
    return gauge(name, help, new Values().add(value));
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
