package io.valmed.archive.cli.look;

import io.valmed.archive.operations.status.HopStatus;
import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Measurement.OpenSeen;
import io.valmed.archive.operations.status.Measurement.TableSeen;
import io.valmed.archive.operations.status.Status;
import io.valmed.archive.operations.status.judge.Words;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A status as one screen of text. */
final class StatusScreen {
  private static final int MOST_TABLES = 10;
  private static final String UNKNOWN = "?";

  private StatusScreen() {}

  static String of(Status status) {
    List<String> lines = new ArrayList<>();
    Measurement seen = status.measured();
    lines.add(
        "%s  %s  %s"
            .formatted(
                seen.prefix(),
                seen.at().truncatedTo(ChronoUnit.SECONDS),
                status.state().label().toUpperCase(Locale.ROOT)));
    lines.add(status.sentence());
    if (status.action() != null) {
      lines.add("To do:  " + status.action());
    }
    lines.add("");
    status.hops().forEach(hop -> lines.add(line(hop)));
    OpenSeen open = seen.open();
    if (open != null) {
      lines.add("");
      lines.add(
          "open: %,d alarms, %,d in quarantine, %,d journal pages, %,d rows without a witness, %d tables stopped"
              .formatted(
                  open.alarms(),
                  open.quarantined(),
                  open.openPages(),
                  open.unwitnessedRows(),
                  open.parked().size()));
    }
    lines.add("");
    lines.add(
        "%-32s %12s %9s %12s %12s %9s  %s"
            .formatted(
                "table", "hot rows", "hot", "mirror rows", "cold rows", "archive", "compared"));
    seen.tables().stream()
        .sorted(Comparator.comparing(StatusScreen::bytes).reversed())
        .limit(MOST_TABLES)
        .forEach(table -> lines.add(line(table)));
    if (seen.tables().size() > MOST_TABLES) {
      lines.add(
          "and %d smaller ones: --json names them".formatted(seen.tables().size() - MOST_TABLES));
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String line(HopStatus hop) {
    return "%-8s %-15s %8s  %s"
        .formatted(
            hop.hop().label(),
            hop.state().label(),
            hop.seconds() == null ? "" : Words.seconds(hop.seconds()),
            hop.reason());
  }

  private static String line(TableSeen table) {
    return "%-32s %12s %9s %12s %12s %9s  %s%s"
        .formatted(
            table.table(),
            count(table.hotRows()),
            size(table.hotBytes()),
            count(table.mirrorRows()),
            count(table.coldRows()),
            size(sum(table.mirrorBytes(), table.coldBytes())),
            table.verified(),
            table.holds().isEmpty() ? "" : ", held");
  }

  private static long bytes(TableSeen table) {
    return table.hotBytes() == null ? 0 : table.hotBytes();
  }

  private static @Nullable Long sum(@Nullable Long one, @Nullable Long other) {
    return one == null || other == null ? null : Long.valueOf(one + other);
  }

  private static String count(@Nullable Long count) {
    return count == null ? UNKNOWN : Words.count(count);
  }

  private static String size(@Nullable Long bytes) {
    return bytes == null ? UNKNOWN : Words.bytes(bytes);
  }
}
