package io.valmed.archive.capture.engine;

import io.valmed.archive.runtime.StopException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.OffsetBackingStore;
import org.apache.kafka.connect.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Where the engine starts. The offset itself is kept in the Kafka transactions of the changes; the
 * engine is never told that a record is processed, and has nothing to keep.
 *
 * <p>It tells the connector the LSN alone: the connector asks the server to begin exactly there,
 * and neither searches for a position nor filters. See docs/adr/0011.
 */
public final class StartOffset implements OffsetBackingStore {
  static final String LSN = "archive.start.lsn";

  private byte[] offset = new byte[0];

  /** Made by the engine, by name. */
  public StartOffset() {}

  @Override
  public void configure(WorkerConfig config) {
    String lsn = config.originalsStrings().get(LSN);
    if (lsn == null) {
      throw new StopException(
          "The engine does not pass on where it is to start; use the version of Debezium that the"
              + " product was built with.");
    }
    offset = ("{\"lsn\":" + Long.parseLong(lsn) + "}").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void start() {}

  @Override
  public void stop() {}

  @Override
  public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> keys) {
    Map<ByteBuffer, ByteBuffer> all = new HashMap<>();
    keys.forEach(key -> all.put(key, ByteBuffer.wrap(offset.clone())));
    return CompletableFuture.completedFuture(all);
  }

  @Override
  public Future<Void> set(Map<ByteBuffer, ByteBuffer> values, @Nullable Callback<Void> callback) {
    throw new IllegalStateException("nothing is kept here");
  }

  @Override
  public Set<Map<String, Object>> connectorPartitions(String connector) {
    return Set.of();
  }
}
