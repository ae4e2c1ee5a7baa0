package io.valmed.archive.capture.engine;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.StopException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tables as hot announced them, from the connection to the records. Each announcement goes to
 * the connector under a name that stands for it, so that a record's table is known by more than a
 * name that it may lose to another. A table takes turns between two names: the connector keeps what
 * it knows of a name for good, and both sides pass the same announcements in the same order.
 *
 * <p>Told by the connection's thread, asked by the engine's.
 */
final class Announcements {
  /** The schema of all names. */
  static final String SCHEMA = "announced_to_archive";

  private final Map<TableId, Set<String>> excluded;
  private final Map<Integer, Line> lines = new HashMap<>();

  /** By name; asked by the engine's thread alone. */
  private final Map<String, Announced> current = new HashMap<>();

  /** The announcements of one table that no record of came through yet. */
  private static final class Line {
    private final Deque<Announced> waiting = new ArrayDeque<>();
    private int turn;
    private boolean used = true;
  }

  Announcements(List<PolicyTable> policy) {
    this.excluded =
        policy.stream()
            .collect(Collectors.toMap(PolicyTable::table, table -> Set.copyOf(table.exclude())));
  }

  /**
   * Takes notice of an announcement.
   *
   * @return the name that stands for it
   */
  synchronized String announced(
      int relation, TableId id, List<String> columns, boolean fullImages) {
    Line line = lines.computeIfAbsent(relation, oid -> new Line());
    if (line.used) {
      line.turn = 1 - line.turn;
      line.used = false;
    } else {
      // Nothing came of it: what is announced now takes its place.
      line.waiting.removeLast();
    }
    Set<String> hidden = excluded.getOrDefault(id, Set.of());
    long oid = Integer.toUnsignedLong(relation);
    line.waiting.add(new Announced(line.turn, oid, id, columns, hidden, fullImages));
    return name(relation, line.turn);
  }

  /** A change of the table is handed to the connector. */
  synchronized void used(int relation) {
    Line line = lines.get(relation);
    if (line == null) {
      throw new StopException("Hot sent a change of a table that it had not announced.");
    }
    line.used = true;
  }

  /** The announcement that a record's name stands for. */
  Announced of(String name) {
    Announced known = current.get(name);
    return known == null ? next(name) : known;
  }

  private synchronized Announced next(String name) {
    int end = name.lastIndexOf('_');
    if (end > 1) {
      int relation = Integer.parseUnsignedInt(name.substring(1, end));
      Line line = lines.get(relation);
      @Nullable Announced first = line == null ? null : line.waiting.poll();
      if (first != null && name.equals(name(relation, first.turn()))) {
        current.remove(name(relation, 1 - first.turn()));
        current.put(name, first);
        return first;
      }
    }
    throw new StopException(
        "The engine handed on a change of a table that hot had not announced; this is a fault of"
            + " the product.");
  }

  private static String name(int relation, int turn) {
    return "t" + Integer.toUnsignedString(relation) + "_" + turn;
  }
}
