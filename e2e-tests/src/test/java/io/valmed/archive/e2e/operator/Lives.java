package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.support.Ledger.RowKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * The ledger of the operator's world: every life of every row, kept outside the databases. Where
 * hot was put back, the lives that it forgets end; what it remembers goes on.
 */
final class Lives {
  private final Map<RowKey, List<Image>> live = new HashMap<>();
  private final Map<RowKey, Image> beforeDdl = new HashMap<>();
  private final List<List<Image>> ended = new ArrayList<>();
  private final Set<Long> excused = new HashSet<>();
  private final Set<Long> anyForm = new HashSet<>();
  private final Set<Long> livedAtLastLook = new HashSet<>();
  private long stamps = 1;

  /**
   * What hot held when a copy of it was taken.
   *
   * @param live the rows, each with its life so far
   * @param ended how many lives had ended by then
   */
  record Copy(Map<RowKey, List<Image>> live, int ended) {}

  long nextStamp() {
    return stamps++;
  }

  void wrote(Image image) {
    beforeDdl.remove(image.row());
    live.computeIfAbsent(image.row(), row -> new ArrayList<>()).add(image);
  }

  /** Services have read hot as it is: forms from before DDL are nobody's any more. */
  void settled() {
    beforeDdl.clear();
  }

  /** The row left hot, as it last was: DDL may have changed what the application wrote. */
  void left(Image last) {
    List<Image> life = live.remove(last.row());
    beforeDdl.remove(last.row());
    if (life != null) {
      if (life.get(life.size() - 1).stamp() == last.stamp()) {
        life.set(life.size() - 1, last);
      }
      ended.add(life);
    }
  }

  /**
   * Looks at all of hot. Rows that are gone were purged, truncated or put away; images that DDL
   * changed are taken as they are now; a row that went before anything could read it so (no WAL
   * tells of it) may be kept in the form from before.
   */
  void observe(List<Image> hot) {
    Map<RowKey, Image> now = byRow(hot);
    for (RowKey row : List.copyOf(live.keySet())) {
      List<Image> life = Objects.requireNonNull(live.get(row));
      Image last = life.get(life.size() - 1);
      Image found = now.get(row);
      if (found == null || found.stamp() != last.stamp()) {
        Image before = beforeDdl.get(row);
        if (before != null && found == null) {
          life.add(life.size() - 1, before);
        }
        left(last);
      } else {
        if (!found.values().equals(last.values())) {
          beforeDdl.putIfAbsent(row, last);
        }
        life.set(life.size() - 1, found);
      }
    }
    hot.stream().filter(image -> !live.containsKey(image.row())).forEach(this::wrote);
  }

  private static Map<RowKey, Image> byRow(List<Image> images) {
    Map<RowKey, Image> byRow = new HashMap<>();
    images.forEach(image -> byRow.put(image.row(), image));
    return byRow;
  }

  Copy copy() {
    Map<RowKey, List<Image>> copy = new HashMap<>();
    live.forEach((row, life) -> copy.put(row, List.copyOf(life)));
    return new Copy(copy, ended.size());
  }

  /** Hot is as it was at the copy: what came since ends here, and what ended since goes on. */
  void putBack(Copy copy) {
    List<List<Image>> since = new ArrayList<>(ended.subList(copy.ended(), ended.size()));
    since.addAll(live.values());
    ended.subList(copy.ended(), ended.size()).clear();
    for (List<Image> life : since) {
      List<Image> before = copy.live().getOrDefault(life.get(0).row(), List.of());
      List<Image> forgotten = new ArrayList<>(life);
      forgotten.removeIf(i -> before.stream().anyMatch(b -> b.stamp() == i.stamp()));
      if (!forgotten.isEmpty()) {
        ended.add(forgotten);
      }
    }
    live.clear();
    beforeDdl.clear();
    copy.live().forEach((row, life) -> live.put(row, new ArrayList<>(life)));
  }

  /** Images that stand nowhere any more: neither in hot, a readable WAL, Kafka nor the archive. */
  void excuse(LongPredicate unreadable) {
    excuse(stamp -> true, unreadable);
  }

  /**
   * The same of some of them. What DDL had made of the others may have been in what was lost alone.
   *
   * @param which what may have been lost
   * @param unreadable what is nowhere in any form
   */
  void excuse(LongPredicate which, LongPredicate unreadable) {
    ended.stream()
        .flatMap(List::stream)
        .mapToLong(Image::stamp)
        .filter(which)
        .forEach(anyForm::add);
    ended.stream()
        .flatMap(List::stream)
        .mapToLong(Image::stamp)
        .filter(which.and(unreadable))
        .forEach(excused::add);
  }

  /** Whether the form from before DDL is as good as the last one. */
  boolean inAnyForm(long stamp) {
    return anyForm.contains(stamp);
  }

  /** Whatever left before anything watched hot is nobody's to keep. */
  void beginToWatch() {
    excuse(stamp -> true);
  }

  /**
   * Of each life that ended, the last image that could be read and those after it: one of them is
   * to be kept, for what was not readable when a deed had been done may have been read before the
   * next one.
   */
  List<List<Image>> owed() {
    List<List<Image>> owed = new ArrayList<>();
    for (List<Image> life : ended) {
      int last = lastReadable(life);
      if (last >= 0) {
        owed.add(life.subList(last, life.size()));
      }
    }
    return owed;
  }

  private int lastReadable(List<Image> life) {
    int last = life.size() - 1;
    while (last >= 0 && excused.contains(life.get(last).stamp())) {
      last--;
    }
    while (last > 0 && life.get(last - 1).stamp() == life.get(last).stamp()) {
      last--;
    }
    return last;
  }

  List<RowKey> liveRows() {
    return List.copyOf(live.keySet());
  }

  int excused() {
    return excused.size();
  }

  /** Stamps of rows that were in hot at the last call and are now. */
  Set<Long> livedOn() {
    Set<Long> now = new HashSet<>();
    live.values().forEach(life -> now.add(life.get(life.size() - 1).stamp()));
    Set<Long> on = new HashSet<>(now);
    on.retainAll(livedAtLastLook);
    livedAtLastLook.clear();
    livedAtLastLook.addAll(now);
    return on;
  }
}
