package io.valmed.archive.databases.history;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table's sizes at the end of a day, or now if the day has not ended; null: not known.
 *
 * @param day in UTC
 * @param measuredAt when they were measured
 * @param hotBytes with indexes and TOAST
 * @param hotIndexBytes of them the indexes
 * @param purgedRows that have ever left hot
 */
public record TableDay(
    LocalDate day,
    String table,
    Instant measuredAt,
    @Nullable Long hotRows,
    @Nullable Long hotBytes,
    @Nullable Long hotIndexBytes,
    @Nullable Long mirrorRows,
    @Nullable Long mirrorBytes,
    @Nullable Long coldRows,
    @Nullable Long coldBytes,
    @Nullable Long purgedRows) {

  /** In the order of the table's columns. */
  List<@Nullable Long> sizes() {
    List<@Nullable Long> sizes = new ArrayList<>();
    Collections.addAll(sizes, hotRows, hotBytes, hotIndexBytes, mirrorRows, mirrorBytes);
    Collections.addAll(sizes, coldRows, coldBytes, purgedRows);
    return sizes;
  }
}
