package io.valmed.archive.capture.kafka;

import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.change.RowImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Which rows left hot while their table was parked, and where their last images stand. A delete
 * tells the whole row, or, without REPLICA IDENTITY FULL, its key alone: then the image is the last
 * one that an insert or update told, with what it left out (unchanged TOAST) from the ones before.
 */
final class ParkedLeavers {
  private static final long BYTES_AT_ONCE = 64L << 20;
  private static final int IMAGES_AT_ONCE = 100_000;

  /** Of one row whose updates left columns out: more are not put together. */
  private static final int IMAGES_OF_A_ROW = 64;

  private final ParkedVersions versions;
  private final Map<Row, Images> images = new HashMap<>();
  private final TreeMap<Long, List<Long>> leaving = new TreeMap<>();
  private final Map<String, Long> unread = new TreeMap<>();

  /** Tables of which some image is of no version: which rows these were is not known. */
  private final Set<String> unkeyed = new HashSet<>();

  private long records;
  private long bytes;

  private record Row(String table, List<String> key) {}

  /**
   * Where a row's images stand.
   *
   * @param source the table that has the row, by its name then
   */
  private record Images(String source, List<Long> offsets) {

    boolean known(ParkedChange change) {
      return source.equals(change.source()) && offsets.size() <= IMAGES_OF_A_ROW;
    }
  }

  /**
   * A row that left.
   *
   * @param evidence of the change that took it
   */
  record Left(TableSchema schema, RowImage image, Evidence evidence, DepartureCause cause) {}

  ParkedLeavers(ParkedVersions versions) {
    this.versions = versions;
  }

  /** Rows of each table that left in a form that cannot be read. */
  Map<String, Long> unread() {
    return unread;
  }

  /**
   * Takes notice of a record, in order.
   *
   * @param size of the record, in bytes
   * @param table as the policy names it
   * @param change null: it cannot be read
   */
  void see(long offset, int size, String table, @Nullable ParkedChange change) {
    records++;
    bytes += size;
    if (change == null) {
      unread.merge(table, 1L, Long::sum);
      return;
    }
    @Nullable Row gone = left(change) ? row(change, change.before()) : null;
    if (gone != null) {
      Images known = images.remove(gone);
      if (whole(change)) {
        leaving.put(offset, List.of());
      } else if (known != null && known.known(change)) {
        leaving.put(offset, List.copyOf(known.offsets()));
        if (unkeyed.contains(change.table())) {
          // A later image may be among those of no version: it is told, and that it may be old.
          unread.merge(change.table(), 1L, Long::sum);
        }
      } else if (known != null || unkeyed.contains(change.table())) {
        unread.merge(change.table(), 1L, Long::sum);
      }
      // Otherwise the mirror has its last image, and reconciling has filed it.
    } else if (left(change)) {
      unread.merge(change.table(), 1L, Long::sum);
    }
    Map<String, @Nullable String> after = change.after();
    @Nullable Row there = after == null ? null : row(change, after);
    if (after != null && there == null) {
      unkeyed.add(change.table());
    }
    if (after != null && there != null) {
      // Some column may have been left out of an update; that of no version may look whole then.
      boolean all = change.operation() == Operation.CREATE || change.version() != 0;
      if (all && versions.of(change, after) != null) {
        images.put(there, new Images(change.source(), new ArrayList<>(List.of(offset))));
      } else {
        Images known =
            images.computeIfAbsent(there, r -> new Images(change.source(), new ArrayList<>()));
        if (known.offsets().size() <= IMAGES_OF_A_ROW) {
          known.offsets().add(offset);
        }
      }
    }
  }

  /** Whether the change took a row away: a delete, or an update of its key. */
  private boolean left(ParkedChange change) {
    if (change.operation() == Operation.DELETE) {
      return true;
    }
    Map<String, @Nullable String> before = change.before();
    Map<String, @Nullable String> after = change.after();
    if (change.operation() != Operation.UPDATE || before == null || after == null) {
      return false;
    }
    @Nullable Row was = row(change, before);
    return was != null && !was.equals(row(change, after));
  }

  private @Nullable Row row(ParkedChange change, @Nullable Map<String, @Nullable String> image) {
    if (image == null) {
      return null;
    }
    @Nullable TableSchema all = versions.of(change, image);
    @Nullable TableSchema schema = all == null ? versions.ofPart(change.table(), image) : all;
    @Nullable List<String> key = schema == null ? null : ParkedVersions.key(schema, image);
    return key == null ? null : new Row(change.table(), key);
  }

  /** Whether the change tells the whole row that left. */
  private boolean whole(ParkedChange change) {
    Map<String, @Nullable String> before = Objects.requireNonNull(change.before());
    @Nullable TableSchema schema = versions.of(change, before);
    return schema != null && !ParkedVersions.keyAlone(schema, before);
  }

  /**
   * Reads the rows that left, in order, a limited number of images at once.
   *
   * @param step is run before each record
   */
  void read(WholeTopic topics, TopicPartition parked, Runnable step, Consumer<Left> each) {
    long average = Math.max(1, bytes / Math.max(1, records));
    long atOnce = Math.max(1, Math.min(IMAGES_AT_ONCE, BYTES_AT_ONCE / average));
    while (!leaving.isEmpty()) {
      TreeMap<Long, List<Long>> now = new TreeMap<>();
      Set<Long> needed = new HashSet<>();
      while (!leaving.isEmpty() && now.size() < IMAGES_AT_ONCE && needed.size() < atOnce) {
        Map.Entry<Long, List<Long>> first = leaving.pollFirstEntry();
        now.put(first.getKey(), first.getValue());
        needed.addAll(first.getValue());
      }
      long from = needed.stream().mapToLong(Long::longValue).min().orElse(now.firstKey());
      Map<Long, ParkedChange> kept = new HashMap<>();
      topics.read(
          parked,
          Math.min(from, now.firstKey()),
          now.lastKey() + 1,
          record -> {
            step.run();
            boolean leaves = now.containsKey(record.offset());
            if (leaves || needed.contains(record.offset())) {
              ParkedChange change = Objects.requireNonNull(ParkedChange.read(record));
              if (needed.contains(record.offset())) {
                kept.put(record.offset(), change);
              }
              if (leaves) {
                tell(change, images(now, record.offset(), kept), each);
              }
            }
          });
    }
  }

  private static List<ParkedChange> images(
      Map<Long, List<Long>> now, long offset, Map<Long, ParkedChange> kept) {
    return now.getOrDefault(offset, List.of()).stream()
        .map(kept::remove)
        .filter(Objects::nonNull)
        .toList();
  }

  private void tell(ParkedChange change, List<ParkedChange> images, Consumer<Left> each) {
    Map<String, @Nullable String> image = new HashMap<>();
    images.forEach(earlier -> image.putAll(Objects.requireNonNull(earlier.after())));
    if (images.isEmpty()) {
      image.putAll(Objects.requireNonNull(change.before()));
    }
    @Nullable TableSchema schema = versions.of(change, image);
    if (schema == null) {
      unread.merge(change.table(), 1L, Long::sum);
      return;
    }
    DepartureCause cause =
        change.operation() == Operation.UPDATE
            ? DepartureCause.REKEYED
            : Objects.requireNonNullElse(change.cause(), DepartureCause.DELETED);
    each.accept(new Left(schema, ParkedVersions.row(schema, image), change.evidence(), cause));
  }
}
