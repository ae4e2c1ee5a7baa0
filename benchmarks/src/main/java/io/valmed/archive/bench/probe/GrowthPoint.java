package io.valmed.archive.bench.probe;

import java.util.Map;

/**
 * Rates at one size of the archive, in rows a second.
 *
 * @param size rows in the archive before
 * @param sink topics to mirror
 * @param purge out of hot after proof
 * @param departures topics to cold store
 */
public record GrowthPoint(long size, double sink, double purge, double departures) {
  static final String HEAD =
      "%12s %12s %12s %12s".formatted("archive", "sink", "purge", "departures");

  String line() {
    return "%,12d %,12.0f %,12.0f %,12.0f".formatted(size, sink, purge, departures);
  }

  Map<String, Object> toMap() {
    return Map.of(
        "archive_rows", size,
        "sink_rows_per_s", sink,
        "purge_rows_per_s", purge,
        "departures_rows_per_s", departures);
  }
}
