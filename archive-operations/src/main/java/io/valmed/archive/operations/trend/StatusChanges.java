package io.valmed.archive.operations.trend;

import io.valmed.archive.databases.history.StatusEvent;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.HopStatus;
import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Measurement.OpenSeen;
import io.valmed.archive.operations.status.Measurement.ServerSeen;
import io.valmed.archive.operations.status.Measurement.TableSeen;
import io.valmed.archive.operations.status.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is different between two statuses, in the words of events. */
final class StatusChanges {
  private final Instant at;
  private final List<StatusEvent> events = new ArrayList<>();

  private StatusChanges(Instant at) {
    this.at = at;
  }

  /** What the later one shows that the earlier one did not, at the later one's time. */
  static List<StatusEvent> between(Status before, Status now) {
    StatusChanges changes = new StatusChanges(now.measured().at());
    changes.servers(before.measured(), now.measured());
    changes.hops(before, now);
    changes.purge(before.measured(), now.measured());
    changes.tables(before.measured(), now.measured());
    changes.open(before.measured().open(), now.measured().open());
    return changes.events;
  }

  private void add(String kind, String subject, String detail) {
    events.add(new StatusEvent(at, kind, subject, detail));
  }

  private void servers(Measurement before, Measurement now) {
    Map<String, ServerSeen> known = byName(before.servers(), ServerSeen::server);
    for (ServerSeen server : now.servers()) {
      ServerSeen was = known.get(server.server());
      if (was == null || (was.trouble() == null) == (server.trouble() == null)) {
        continue;
      }
      if (server.trouble() == null) {
        add("back", server.server(), "%s answers again.".formatted(server.server()));
      } else {
        add("away", server.server(), server.trouble());
      }
    }
  }

  private void hops(Status before, Status now) {
    Map<String, HopStatus> known = byName(before.hops(), hop -> hop.hop().label());
    for (HopStatus hop : now.hops()) {
      HopStatus was = known.get(hop.hop().label());
      if (was != null && was.state() != hop.state()) {
        add(kind(was.state(), hop.state()), hop.hop().label(), hop.reason());
      }
    }
  }

  private static String kind(HopState was, HopState is) {
    if (was == HopState.DOWN) {
      return "started";
    }
    return switch (is) {
      case OK -> was == HopState.CATCHING_UP || was == HopState.FALLING_BEHIND ? "caught up" : "ok";
      case DOWN -> "stopped";
      default -> is.label();
    };
  }

  private void purge(Measurement before, Measurement now) {
    if (before.purge() != null && now.purge() != null) {
      holds("*", before.purge().holds(), now.purge().holds());
    }
  }

  private void holds(String subject, List<String> before, List<String> now) {
    now.stream().filter(hold -> !before.contains(hold)).forEach(h -> add("held", subject, h));
    before.stream().filter(hold -> !now.contains(hold)).forEach(h -> add("released", subject, h));
  }

  private void tables(Measurement before, Measurement now) {
    Map<String, TableSeen> known = byName(before.tables(), TableSeen::table);
    for (TableSeen table : now.tables()) {
      TableSeen was = known.get(table.table());
      if (was == null) {
        continue;
      }
      holds(table.table(), was.holds(), table.holds());
      if (table.verifiedAt() != null
          && (!table.verifiedAt().equals(was.verifiedAt())
              || !table.verified().equals(was.verified()))) {
        add(
            "verified",
            table.table(),
            table.verified().equals("differs")
                ? "Hot and archive differ."
                : "Hot and archive are equal.");
      }
      counted("quarantined", table.table(), was.quarantined(), table.quarantined());
    }
  }

  private void counted(String kind, String subject, long before, long now) {
    if (now > before) {
      add(kind, subject, "%,d more, %,d open.".formatted(now - before, now));
    } else if (now < before) {
      add("settled", subject, "%,d %s settled, %,d open.".formatted(before - now, kind, now));
    }
  }

  private void open(@Nullable OpenSeen before, @Nullable OpenSeen now) {
    if (before == null || now == null) {
      return;
    }
    count("alarm", before, now, OpenSeen::alarms);
    count("unwitnessed", before, now, OpenSeen::unwitnessedRows);
    now.parked().stream()
        .filter(table -> !before.parked().contains(table))
        .forEach(table -> add("parked", table, "Capture no longer carries this table."));
    before.parked().stream()
        .filter(table -> !now.parked().contains(table))
        .forEach(table -> add("carried again", table, "Capture carries this table again."));
  }

  private void count(String kind, OpenSeen before, OpenSeen now, ToLongFunction<OpenSeen> count) {
    counted(kind, "*", count.applyAsLong(before), count.applyAsLong(now));
  }

  private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
    return all.stream()
        .collect(
            Collectors.toMap(
                one -> Objects.requireNonNull(name.apply(one)),
                Function.identity(),
                (first, second) -> first));
  }
}
