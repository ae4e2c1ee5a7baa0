package io.valmed.archive.e2e.support;

import io.valmed.archive.e2e.support.Ledger.Entry;
import io.valmed.archive.model.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The rows that a session has, and the changes of its open transaction. */
final class Draft {
  /** So many rows of a table stay in a session's mind; older ones are left to the purge. */
  private static final int MOST_ROWS = 300;

  private final Map<TableId, List<List<String>>> rows = new HashMap<>();
  private final List<Entry> entries = new ArrayList<>();
  private List<List<String>> bulk = List.of();

  /** This draft as it is now, to come back to. */
  Draft copy() {
    Draft copy = new Draft();
    rows.forEach((table, keys) -> copy.rows.put(table, new ArrayList<>(keys)));
    copy.entries.addAll(entries);
    copy.bulk = bulk;
    return copy;
  }

  /** Goes back to what {@link #copy} kept. */
  void become(Draft kept) {
    rows.clear();
    rows.putAll(kept.copy().rows);
    entries.clear();
    entries.addAll(kept.entries);
    bulk = kept.bulk;
  }

  /** The same rows, no change yet. */
  Draft next() {
    Draft next = copy();
    next.entries.clear();
    return next;
  }

  /** Keys of thousands of rows made at once, to be changed at once. */
  List<List<String>> bulk() {
    return bulk;
  }

  void bulk(List<List<String>> keys) {
    bulk = List.copyOf(keys);
  }

  List<Entry> entries() {
    return entries;
  }

  void add(Entry entry) {
    entries.add(entry);
  }

  void made(WorldTable table, List<String> key) {
    List<List<String>> keys = keys(table);
    if (keys.size() >= MOST_ROWS) {
      keys.remove(0);
    }
    keys.add(key);
  }

  void forget(WorldTable table, List<String> key) {
    keys(table).remove(key);
  }

  @Nullable List<String> pick(TableId table, Random random) {
    List<List<String>> keys = rows.getOrDefault(table, List.of());
    return keys.isEmpty() ? null : keys.get(random.nextInt(keys.size()));
  }

  private List<List<String>> keys(WorldTable table) {
    return rows.computeIfAbsent(table.id(), id -> new ArrayList<>());
  }
}
