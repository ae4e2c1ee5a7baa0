package io.valmed.archive.api;

import io.valmed.archive.operations.status.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Statuses as a test says them. */
final class InventedStatuses implements Statuses {
  private final List<Consumer<Status>> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable Status newest;
  private volatile boolean closed;

  void measure(Status status) {
    newest = status;
    listeners.forEach(listener -> listener.accept(status));
  }

  boolean closed() {
    return closed;
  }

  @Override
  public @Nullable Status status(Duration longest) {
    return newest;
  }

  @Override
  public void onStatus(Consumer<Status> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    closed = true;
  }
}
