package io.valmed.archive.sink;

import io.valmed.archive.model.Change;
import io.valmed.archive.model.DepartureCause;
import io.valmed.archive.model.Evidence;
import io.valmed.archive.model.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table's records of one batch, folded: what the mirror must hold at the end, and every departure
 * on the way there.
 *
 * <p>A row that was created under a key where another one stands shows that the other has left hot
 * without a word (by TRUNCATE). Within the batch that is a departure here; a row that stands in the
 * mirror is for whoever applies the fold to move, and the created lists name where to look.
 *
 * @param images per key the last record that gives it an image; a key whose last record is a
 *     departure is not among them
 * @param departures every departure in topic order, however many one key has
 * @param createdAndLeft per key its first record, where that creates it and the key departs later
 *     in the batch
 * @param createdAndStaying per key its first record, where that creates it and no departure follows
 */
public record Fold(
    List<Received> images,
    List<Received> departures,
    List<Received> createdAndLeft,
    List<Received> createdAndStaying) {

  /**
   * Folds records of one table, in topic order.
   *
   * <p>The mirror is brought up to date by deleting the keys of all departures first and putting
   * the images in then: a key that departs and comes back within the batch loses its old row and
   * gets a new one.
   */
  public static Fold of(List<Received> records) {
    return new Folding(records.size()).all(records);
  }

  /** The same records by the version of their images. */
  public static Collection<List<Received>> byVersion(List<Received> records) {
    Map<Integer, List<Received>> versions = new LinkedHashMap<>();
    for (Received received : records) {
      versions
          .computeIfAbsent(received.schema().version(), v -> new ArrayList<>(records.size()))
          .add(received);
    }
    return versions.values();
  }

  /** One pass over the records. */
  private static final class Folding {
    private final Map<Object, Received> images;
    private final List<Received> departures = new ArrayList<>();
    private final Map<Object, Received> created = new HashMap<>();
    private final Set<Object> departed = new HashSet<>();

    Folding(int records) {
      images = new LinkedHashMap<>(records * 2);
    }

    Fold all(List<Received> records) {
      int version = 0;
      int[] key = {};
      for (Received received : records) {
        if (received.schema().version() != version) {
          version = received.schema().version();
          key = received.schema().keyIndexes();
        }
        add(key(received, key), received);
      }
      List<Received> left = new ArrayList<>();
      List<Received> staying = new ArrayList<>();
      created.forEach((k, first) -> (departed.contains(k) ? left : staying).add(first));
      return new Fold(List.copyOf(images.values()), departures, left, staying);
    }

    private void add(Object key, Received received) {
      if (received.change().departure()) {
        departures.add(received);
        departed.add(key);
        images.remove(key);
        return;
      }
      Received before = images.put(key, received);
      if (received.change().operation() != Operation.CREATE) {
        return;
      }
      if (before == null && !departed.contains(key)) {
        created.put(key, received);
      } else if (before != null && before.change().evidence().precedes(evidence(received))) {
        departures.add(unseen(before, evidence(received)));
        departed.add(key);
      }
    }

    private static Evidence evidence(Received received) {
      return received.change().evidence();
    }

    /** The departure is placed where it was noticed, so that it is the same whenever it is read. */
    private static Received unseen(Received left, Evidence noticed) {
      Evidence evidence = new Evidence(noticed.epoch(), noticed.lsn(), 0, 0);
      return new Received(
          left.record(),
          left.schema(),
          new Change(Operation.DELETE, evidence, DepartureCause.UNSEEN, left.image(), null));
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
  }
}
