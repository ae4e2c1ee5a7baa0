package io.valmed.archive.operations.trend;

import io.valmed.archive.databases.history.Sample;
import io.valmed.archive.databases.history.TableDay;
import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.HopStatus;
import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Measurement.TableSeen;
import io.valmed.archive.operations.status.Status;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A status as the numbers that are kept of it. */
final class Samples {
  private Samples() {}

  /** The sample of the stretch that begins then. */
  static Sample of(Status status, Instant at) {
    Measurement seen = status.measured();
    List<Integer> states = new ArrayList<>();
    List<@Nullable Double> seconds = new ArrayList<>();
    for (Hop hop : Hop.values()) {
      HopStatus judged =
          status.hops().stream().filter(one -> one.hop() == hop).findFirst().orElse(null);
      states.add(judged == null ? HopState.UNKNOWN.number() : judged.state().number());
      seconds.add(judged == null ? null : judged.seconds());
    }
    return new Sample(
        at,
        status.state().number(),
        states,
        seconds,
        new Sample.Sizes(
            seen.slot() == null ? null : seen.slot().retainedBytes(),
            seen.slot() == null ? null : seen.slot().safeBytes(),
            sum(seen, TableSeen::hotRows),
            sum(seen, TableSeen::mirrorRows),
            sum(seen, TableSeen::coldRows),
            sum(seen, TableSeen::hotBytes),
            sum(seen, TableSeen::mirrorBytes),
            sum(seen, TableSeen::coldBytes),
            sum(seen, TableSeen::eligibleRows),
            sum(seen, TableSeen::purgedRows)));
  }

  /** The tables' sizes of that day. */
  static List<TableDay> days(Measurement seen) {
    return seen.tables().stream()
        .map(
            table ->
                new TableDay(
                    seen.at().atZone(ZoneOffset.UTC).toLocalDate(),
                    table.table(),
                    seen.at(),
                    table.hotRows(),
                    table.hotBytes(),
                    table.hotIndexBytes(),
                    table.mirrorRows(),
                    table.mirrorBytes(),
                    table.coldRows(),
                    table.coldBytes(),
                    table.purgedRows()))
        .toList();
  }

  /** Null where no table's is known. */
  private static @Nullable Long sum(Measurement seen, Function<TableSeen, @Nullable Long> number) {
    List<Long> known = new ArrayList<>();
    for (TableSeen table : seen.tables()) {
      Long one = number.apply(table);
      if (one != null) {
        known.add(one);
      }
    }
    return known.isEmpty() ? null : known.stream().mapToLong(Objects::requireNonNull).sum();
  }
}
