package io.valmed.archive.sink.apply;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.sink.read.Partition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tables that wait because a version does not fit the archive, each with its reason, the
 * versions that wait and the partitions that are held at a record of one.
 */
public final class StoppedTables {
  private static final long AGAIN = Duration.ofSeconds(10).toNanos();
  private static final long LONGEST = Duration.ofMinutes(10).toNanos();

  private static final class Stopped {
    private final List<TableSchema> waiting = new ArrayList<>();
    private final Set<Partition> held = new HashSet<>();
    private String reason = "";
    private boolean whole;
  }

  /** How long a table that was refused waits before it is tried again. */
  private record Wait(long length, long until) {}

  private final Map<TableId, Stopped> tables = new HashMap<>();
  private final Map<TableId, Wait> waits = new HashMap<>();
  private long triedAt = System.nanoTime();

  /** The table waits from this version on. */
  public void stop(TableSchema version, String reason) {
    Stopped stopped = tables.computeIfAbsent(version.table(), t -> new Stopped());
    stopped.waiting.add(version);
    stopped.reason = reason;
  }

  /** The archive refuses the table's changes, of whatever version; it waits longer each time. */
  public void refuse(TableId table, String reason) {
    Stopped stopped = tables.computeIfAbsent(table, t -> new Stopped());
    stopped.whole = true;
    stopped.reason = reason;
    long now = System.nanoTime();
    @Nullable Wait before = waits.get(table);
    long length =
        before != null && now - before.until() < LONGEST
            ? Math.min(LONGEST, 2 * before.length())
            : AGAIN;
    waits.put(table, new Wait(length, now + length));
  }

  /** Whether nothing at all of the table is applied, older versions neither. */
  public boolean refused(TableId table) {
    Stopped stopped = tables.get(table);
    return stopped != null && stopped.whole;
  }

  /** Those that are to be tried again now. */
  public List<TableId> due() {
    long now = System.nanoTime();
    return tables.keySet().stream()
        .filter(
            table -> {
              @Nullable Wait wait = refused(table) ? waits.get(table) : null;
              return wait == null || now - wait.until() >= 0;
            })
        .toList();
  }

  public boolean stopped(TableId table) {
    return tables.containsKey(table);
  }

  /** A later version of a stopped table waits behind the one that does not fit. */
  public void queue(TableSchema version) {
    stopped(version).waiting.add(version);
  }

  /** The versions that wait, in order. */
  public List<TableSchema> waiting(TableId table) {
    Stopped stopped = tables.get(table);
    return stopped == null ? List.of() : List.copyOf(stopped.waiting);
  }

  /** The partition is held at a record of a version that waits. */
  public void held(TableId table, Partition partition) {
    Stopped stopped = tables.get(table);
    if (stopped != null) {
      stopped.held.add(partition);
    }
  }

  /** The table is looked at anew: forgets it and returns the partitions to go on with. */
  public Set<Partition> resume(TableId table) {
    Stopped stopped = tables.remove(table);
    return stopped == null ? Set.of() : stopped.held;
  }

  /** Whether it is time to see if the tables fit by now; asks once, then not for a while. */
  public boolean dueAgain() {
    if (tables.isEmpty() || System.nanoTime() - triedAt < AGAIN) {
      return false;
    }
    triedAt = System.nanoTime();
    return true;
  }

  /** The stopped tables with their reasons. */
  public Map<TableId, String> reasons() {
    Map<TableId, String> reasons = new TreeMap<>(Comparator.comparing(TableId::toString));
    tables.forEach((table, stopped) -> reasons.put(table, stopped.reason));
    return reasons;
  }

  private Stopped stopped(TableSchema version) {
    return Objects.requireNonNull(tables.get(version.table()));
  }
}
