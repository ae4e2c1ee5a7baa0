package io.valmed.archive.sink.apply;

import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.sink.read.Received;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Records of one version of a table, folded: what the mirror must hold at the end, and every
 * departure on the way there.
 *
 * <p>A row that was created under a key where another one stands shows that the other has left hot
 * without a word (by TRUNCATE). Within the batch that is a departure here; a row that stands in the
 * mirror is for whoever applies the fold to move, and the created lists name where to look. The
 * same holds for an image that one of a newer epoch replaces with other content: the met lists name
 * the records to compare with what stands in the mirror.
 *
 * @param images per key the last record that gives it an image; a key whose last record is a
 *     departure is not among them
 * @param departures every departure in topic order, however many one key has
 * @param createdAndLeft per key its first record, where that creates it and the key departs later
 *     in the batch
 * @param createdAndStaying per key its first record, where that creates it and no departure follows
 * @param metAndLeft per key that departs in the batch its first record; empty in the first epoch,
 *     where nothing older can stand
 * @param metAndStaying per other key its first record; empty in the first epoch
 * @param past departures that are {@link Received#past}: for the cold store alone, they are of none
 *     of the rows above
 */
public record Fold(
    List<Received> images,
    List<Received> departures,
    List<Received> createdAndLeft,
    List<Received> createdAndStaying,
    List<Received> metAndLeft,
    List<Received> metAndStaying,
    List<Received> past) {

  /**
   * Folds records of one version of a table, in topic order; not empty.
   *
   * <p>The mirror is brought up to date by deleting the keys of all departures first and putting
   * the images in then: a key that departs and comes back within the batch loses its old row and
   * gets a new one.
   *
   * @param compared whether the met lists are wanted in the first epoch too
   */
  public static Fold of(List<Received> records, boolean compared) {
    return new Folding(records.size()).all(records, compared);
  }

  /**
   * The same records by their version, oldest first. A key's versions never go back, so its records
   * keep their order; and a column that a later version lacks is applied before it is gone.
   */
  public static Collection<List<Received>> byVersion(List<Received> records) {
    int first = records.get(0).schema().version();
    if (records.stream().allMatch(r -> r.schema().version() == first)) {
      return List.of(records);
    }
    Map<Integer, List<Received>> versions = new TreeMap<>();
    for (Received received : records) {
      versions
          .computeIfAbsent(received.schema().version(), v -> new ArrayList<>(records.size()))
          .add(received);
    }
    return versions.values();
  }

  /** The departures in rounds, each of which has a key at most once, in topic order. */
  public Collection<List<Received>> departuresInRounds() {
    Map<Object, Integer> count = new HashMap<>();
    Map<Integer, List<Received>> rounds = new TreeMap<>();
    for (Received departure : departures) {
      int round = count.merge(key(departure, departure.schema().keyIndexes()), 1, Integer::sum);
      rounds.computeIfAbsent(round, r -> new ArrayList<>()).add(departure);
    }
    return rounds.values();
  }

  private static Object key(Received received, int[] key) {
    if (key.length == 1) {
      return String.valueOf(received.image().get(key[0]));
    }
    List<@Nullable String> values = new ArrayList<>(key.length);
    for (int column : key) {
      values.add(received.image().get(column));
    }
    return values;
  }

  /** One pass over the records. */
  private static final class Folding {
    private final Map<Object, Received> images;
    private final List<Received> departures = new ArrayList<>();
    private final List<Received> past = new ArrayList<>();
    private final Map<Object, Received> created = new HashMap<>();

    /** Per key that has several records its first. */
    private final Map<Object, Received> firsts = new HashMap<>();

    /** Per key that departs its first departure. */
    private final Map<Object, Received> departed = new HashMap<>();

    private int newestEpoch;

    Folding(int records) {
      images = new LinkedHashMap<>(records * 2);
    }

    Fold all(List<Received> records, boolean compared) {
      int[] key = records.get(0).schema().keyIndexes();
      for (Received received : records) {
        newestEpoch = Math.max(newestEpoch, evidence(received).epoch());
        if (received.past()) {
          past.add(received);
          continue;
        }
        Object of = key(received, key);
        if (received.change().departure()) {
          depart(of, received);
        } else {
          put(of, received);
        }
      }
      List<Received> left = new ArrayList<>();
      List<Received> staying = new ArrayList<>();
      created.forEach((k, first) -> (departed.containsKey(k) ? left : staying).add(first));
      List<Received> last = List.copyOf(images.values());
      return compared || newestEpoch > 1
          ? new Fold(last, departures, left, staying, metAndLeft(), metAndStaying(last), past)
          : new Fold(last, departures, left, staying, List.of(), List.of(), past);
    }

    private void depart(Object key, Received received) {
      Received before = images.remove(key);
      if (before != null) {
        firsts.putIfAbsent(key, before);
        if (supersedes(received, before)) {
          leave(key, replaced(before, received, DepartureCause.SUPERSEDED));
        }
      }
      leave(key, received);
    }

    private void put(Object key, Received received) {
      Received before = images.put(key, received);
      boolean creates = received.change().operation() == Operation.CREATE;
      if (before == null) {
        if (creates && !departed.containsKey(key)) {
          created.put(key, received);
        }
        return;
      }
      firsts.putIfAbsent(key, before);
      if (creates && evidence(before).precedes(evidence(received))) {
        leave(key, replaced(before, received, DepartureCause.UNSEEN));
      } else if (!creates && supersedes(received, before)) {
        leave(key, replaced(before, received, DepartureCause.SUPERSEDED));
      }
    }

    private void leave(Object key, Received departure) {
      departures.add(departure);
      departed.putIfAbsent(key, departure);
    }

    private List<Received> metAndLeft() {
      List<Received> met = new ArrayList<>(departed.size());
      departed.forEach((key, departure) -> met.add(firsts.getOrDefault(key, departure)));
      return met;
    }

    private List<Received> metAndStaying(List<Received> last) {
      if (firsts.isEmpty() && departed.isEmpty()) {
        return last;
      }
      List<Received> met = new ArrayList<>(last.size());
      images.forEach(
          (key, image) -> {
            if (!departed.containsKey(key)) {
              met.add(firsts.getOrDefault(key, image));
            }
          });
      return met;
    }

    /** Whether other content of a newer epoch stands there now: nobody saw how it came. */
    private static boolean supersedes(Received received, Received before) {
      return evidence(before).epoch() < evidence(received).epoch()
          && !before.image().equals(received.image());
    }

    private static Evidence evidence(Received received) {
      return received.change().evidence();
    }

    /** The departure is placed where it was noticed, so that it is the same whenever it is read. */
    private static Received replaced(Received left, Received by, DepartureCause cause) {
      Evidence at = evidence(by);
      long lsn = cause == DepartureCause.SUPERSEDED ? at.lsn() - 1 : at.lsn();
      Evidence evidence = new Evidence(at.epoch(), lsn, 0, 0);
      return new Received(
          left.record(),
          left.schema(),
          new Change(Operation.DELETE, evidence, cause, left.image(), null));
    }
  }
}
