package io.valmed.archive.e2e.support;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the application committed, kept outside the databases. Safe for several threads. */
public final class Ledger {

  /** A row of a table. */
  public record RowKey(TableId table, List<String> key) {}

  /**
   * One committed change of one row.
   *
   * @param row the row, under the key it has with this change
   * @param operation CREATE, UPDATE or DELETE; a re-keyed row has a DELETE and a CREATE
   * @param cause why it left, for a DELETE
   * @param image the row after the change, or its last image
   */
  public record Entry(
      RowKey row,
      Operation operation,
      @Nullable DepartureCause cause,
      List<@Nullable String> image) {}

  private final Map<RowKey, List<@Nullable String>> live = new HashMap<>();
  private final Map<RowKey, List<Entry>> history = new LinkedHashMap<>();

  /** Takes the changes of one committed transaction, in their order. */
  public synchronized void committed(List<Entry> entries) {
    for (Entry entry : entries) {
      history.computeIfAbsent(entry.row(), row -> new ArrayList<>()).add(entry);
      if (entry.operation() == Operation.DELETE) {
        live.remove(entry.row());
      } else {
        live.put(entry.row(), entry.image());
      }
    }
  }

  /** The rows that the application has not deleted, with their last images. */
  public synchronized Map<RowKey, List<@Nullable String>> live() {
    return new HashMap<>(live);
  }

  /** Every row there ever was. */
  public synchronized Set<RowKey> rows() {
    return new HashSet<>(history.keySet());
  }

  /** Every row's changes in commit order. */
  public synchronized Map<RowKey, List<Entry>> history() {
    Map<RowKey, List<Entry>> copy = new LinkedHashMap<>();
    history.forEach((row, entries) -> copy.put(row, List.copyOf(entries)));
    return copy;
  }

  /** The rows that the application deleted or re-keyed, each departure once. */
  public synchronized List<Entry> departures() {
    return history.values().stream()
        .flatMap(List::stream)
        .filter(entry -> entry.operation() == Operation.DELETE)
        .toList();
  }

  /** How many changes were committed. */
  public synchronized int changes() {
    return history.values().stream().mapToInt(List::size).sum();
  }
}
