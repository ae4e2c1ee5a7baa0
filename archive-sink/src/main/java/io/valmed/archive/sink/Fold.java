package io.valmed.archive.sink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table's records of one batch, folded: what the mirror must hold at the end, and every departure
 * on the way there.
 *
 * @param images per key the last record that gives it an image; a key whose last record is a
 *     departure is not among them
 * @param departures every departure in topic order, however many one key has
 */
public record Fold(List<Received> images, List<Received> departures) {

  /**
   * Folds records of one table, in topic order.
   *
   * <p>The mirror is brought up to date by deleting the keys of all departures first and putting
   * the images in then: a key that departs and comes back within the batch loses its old row and
   * gets a new one.
   */
  public static Fold of(List<Received> records) {
    Map<Object, Received> images = new LinkedHashMap<>(records.size() * 2);
    List<Received> departures = new ArrayList<>();
    int version = 0;
    int[] key = {};
    for (Received received : records) {
      if (received.schema().version() != version) {
        version = received.schema().version();
        key = received.schema().keyIndexes();
      }
      if (received.change().departure()) {
        departures.add(received);
        images.remove(key(received, key));
      } else {
        images.put(key(received, key), received);
      }
    }
    return new Fold(List.copyOf(images.values()), departures);
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
