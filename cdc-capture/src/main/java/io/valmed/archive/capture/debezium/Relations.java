package io.valmed.archive.capture.debezium;

import io.valmed.archive.runtime.StopException;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Which table, by its oid, each envelope's schema was made for: the events themselves tell no more
 * than a name, which a table may lose to another. Filled by the connector's thread, read by ours;
 * schemas are told apart by identity and forgotten with the last event that has them.
 */
final class Relations {
  private final Map<Key, Long> relations = new ConcurrentHashMap<>();
  private final ReferenceQueue<Schema> gone = new ReferenceQueue<>();

  private static final class Key extends WeakReference<Schema> {
    private final int hash;

    Key(Schema schema, @Nullable ReferenceQueue<Schema> gone) {
      super(schema, gone);
      this.hash = System.identityHashCode(schema);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean equals(@Nullable Object other) {
      if (this == other) {
        return true;
      }
      Schema schema = get();
      return schema != null && other instanceof Key key && key.get() == schema;
    }
  }

  void note(Schema envelope, long relation) {
    for (Reference<? extends Schema> old = gone.poll(); old != null; old = gone.poll()) {
      relations.remove(old);
    }
    relations.put(new Key(envelope, gone), relation);
  }

  /** The oid of the envelope's table. */
  long of(Schema envelope) {
    Long relation = relations.get(new Key(envelope, null));
    if (relation == null) {
      throw new StopException(
          "The connector handed on a row of a table that hot had not announced; this is a fault of"
              + " the product.");
    }
    return relation;
  }
}
