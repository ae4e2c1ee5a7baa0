package io.valmed.archive.api;

import io.javalin.http.sse.SseClient;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends each status to everybody who looks at the page. One whose connection is slow is sent the
 * newest when it takes more; nobody waits for it.
 */
final class LiveStream implements AutoCloseable {
  private static final int MOST = 200;

  private final Map<SseClient, AtomicBoolean> busy = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "live-stream");
            thread.setDaemon(true);
            return thread;
          });
  private volatile byte @Nullable [] newest;

  /** Keeps the client, unless too many are there already. */
  void join(SseClient client) {
    if (busy.size() >= MOST) {
      client.close();
      return;
    }
    client.keepAlive();
    client.onClose(() -> busy.remove(client));
    busy.put(client, new AtomicBoolean());
    send(client);
  }

  /** Sends it to all, and returns at once. */
  void send(byte[] status) {
    newest = status;
    busy.keySet().forEach(this::send);
  }

  private void send(SseClient client) {
    AtomicBoolean sending = busy.get(client);
    if (sending == null || !sending.compareAndSet(false, true)) {
      return;
    }
    threads.execute(
        () -> {
          byte[] sent = null;
          try {
            sent = sendNewest(client);
          } finally {
            sending.set(false);
          }
          if (client.terminated()) {
            busy.remove(client);
          } else if (sent != newest) {
            send(client);
          }
        });
  }

  /** Sends until there is no newer one; returns the last. */
  private byte @Nullable [] sendNewest(SseClient client) {
    byte[] sent = null;
    byte[] next = newest;
    while (next != null && next != sent && !client.terminated()) {
      client.sendEvent("status", new String(next, StandardCharsets.UTF_8));
      sent = next;
      next = newest;
    }
    return sent;
  }

  @Override
  public void close() {
    busy.keySet().forEach(SseClient::close);
    threads.shutdownNow();
  }
}
