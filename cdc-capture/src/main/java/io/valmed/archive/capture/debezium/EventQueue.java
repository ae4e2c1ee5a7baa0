package io.valmed.archive.capture.debezium;

import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceEvent.RowChange;
import io.valmed.archive.model.change.RowImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way from the stream's thread to capture's, in order, in batches, within a bound
 * of memory that those in capture's hand count towards: one batch may go over it, so that a row
 * larger than all of it passes.
 */
public final class EventQueue {
  private static final int MOST_EVENTS = 1024;
  private static final int MOST_TAKEN = 8 * MOST_EVENTS;
  private static final int BATCH_BYTES = 4 * 1024 * 1024;
  private static final int QUEUE_BYTES = 48 * 1024 * 1024;

  /** What an event takes beside its values' text, about. */
  private static final int EVENT_BYTES = 200;

  private static final int VALUE_BYTES = 56;

  private final LinkedBlockingQueue<Batch> batches = new LinkedBlockingQueue<>();
  private final Semaphore bytes = new Semaphore(QUEUE_BYTES);
  private List<SourceEvent> filling = new ArrayList<>();
  private int filled;
  private int inHand;

  /**
   * @param size about how many bytes of memory, at most the queue's bound
   */
  private record Batch(List<SourceEvent> events, int size) {}

  /** Adds an event to the batch that is being filled; the stream's thread. */
  public void add(SourceEvent event) {
    filling.add(event);
    filled = (int) Math.min(QUEUE_BYTES, (long) filled + size(event));
  }

  /** Whether the batch is to be handed over now; the stream's thread. */
  public boolean full() {
    return filling.size() >= MOST_EVENTS || filled >= BATCH_BYTES;
  }

  /**
   * Hands the batch over, if there is anything in it and room for it comes about in time; the
   * stream's thread.
   *
   * @return whether nothing is left to be handed over
   */
  public boolean handOver(long millis) throws InterruptedException {
    if (filling.isEmpty()) {
      return true;
    }
    if (!bytes.tryAcquire(filled, millis, TimeUnit.MILLISECONDS)) {
      return false;
    }
    batches.add(new Batch(filling, filled));
    filling = new ArrayList<>(MOST_EVENTS);
    filled = 0;
    return true;
  }

  /** The next events, when those taken before are done with; empty: none came in time. */
  public List<SourceEvent> take(long millis) throws InterruptedException {
    bytes.release(inHand);
    inHand = 0;
    Batch first = batches.poll(millis, TimeUnit.MILLISECONDS);
    if (first == null) {
      return List.of();
    }
    inHand = first.size();
    List<SourceEvent> taken = first.events();
    @Nullable Batch next = batches.peek();
    while (next != null && taken.size() + next.events().size() <= MOST_TAKEN) {
      batches.remove();
      inHand += next.size();
      taken.addAll(next.events());
      next = batches.peek();
    }
    return taken;
  }

  private static long size(SourceEvent event) {
    if (event instanceof RowChange row) {
      return EVENT_BYTES + size(row.before()) + size(row.after());
    }
    return EVENT_BYTES;
  }

  private static long size(@Nullable RowImage image) {
    long size = 0;
    for (int i = 0; image != null && i < image.size(); i++) {
      String value = image.get(i);
      size += value == null ? 0 : VALUE_BYTES + 2L * value.length();
    }
    return size;
  }
}
