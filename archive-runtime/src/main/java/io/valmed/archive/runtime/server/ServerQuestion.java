package io.valmed.archive.runtime.server;

import io.valmed.archive.runtime.Failures;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A small question to one server, asked when somebody wants to know (ADR 0137): on a thread and a
 * session of its own, so that neither a working thread nor whoever wants to know hangs with the
 * server. One question at a time is under way, and its answer is remembered for a moment, so that
 * however many ask, the server is asked every two seconds at most.
 */
public final class ServerQuestion<T> implements AutoCloseable {
  /** How long an answer may take; then it is not known. */
  public static final Duration BOUND = Duration.ofSeconds(2);

  private static final Duration REMEMBERED = Duration.ofSeconds(2);

  /** Whoever asks the server; used by one thread, closed by another. */
  public interface Asked<T> extends AutoCloseable {
    /** Asks, and gives up by itself a little later than {@link #BOUND}. */
    T ask() throws Exception;

    /** Cuts off what is under way. */
    @Override
    void close();
  }

  private final String server;
  private final Asked<T> asked;
  private final LongSupplier nanos;
  private final long rememberedNanos;
  private final ExecutorService thread;
  private @Nullable ServerAnswer<T> last;
  private boolean underWay;
  private boolean closed;
  private long begun;

  /**
   * @param server what is asked, in a word: {@code hot}, {@code archive}, {@code kafka}
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   */
  public ServerQuestion(String server, Asked<T> asked, LongSupplier nanos) {
    this(server, asked, nanos, REMEMBERED);
  }

  /**
   * The same for what is asked more often, or costs more.
   *
   * @param remembered for how long an answer is remembered
   */
  public ServerQuestion(String server, Asked<T> asked, LongSupplier nanos, Duration remembered) {
    this.server = server;
    this.asked = asked;
    this.nanos = nanos;
    this.rememberedNanos = remembered.toNanos();
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread created = new Thread(task, "asks-" + server);
              created.setDaemon(true);
              return created;
            });
  }

  /** What is asked, in a word. */
  public String server() {
    return server;
  }

  /** Asks, unless a question is under way or its answer is remembered; returns at once. */
  public synchronized void begin() {
    ServerAnswer<T> before = last;
    if (closed
        || underWay
        || (before != null && nanos.getAsLong() - before.nanos() < rememberedNanos)) {
      return;
    }
    underWay = true;
    begun = nanos.getAsLong();
    thread.execute(this::ask);
  }

  private void ask() {
    @Nullable T value = null;
    @Nullable String problem = null;
    try {
      value = asked.ask();
    } catch (Exception | Error e) {
      problem = Failures.sentence(e);
    }
    synchronized (this) {
      last = new ServerAnswer<>(value, problem, nanos.getAsLong());
      underWay = false;
      notifyAll();
    }
  }

  /**
   * The answer, which has been there for a moment, or comes within {@link #BOUND}, or is unknown.
   */
  public synchronized ServerAnswer<T> answer() {
    begin();
    while (underWay && !closed) {
      long left = begun + BOUND.toNanos() - nanos.getAsLong();
      if (left <= 0) {
        return unknown("it has not answered within " + BOUND.toSeconds() + " s");
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return unknown("it was not waited for");
      }
    }
    ServerAnswer<T> answer = last;
    return answer == null || closed ? unknown("it is asked no more") : answer;
  }

  /** The last answer, however old it is, without asking; null: none has come yet. */
  public synchronized @Nullable ServerAnswer<T> latest() {
    return last;
  }

  private ServerAnswer<T> unknown(String problem) {
    return new ServerAnswer<>(null, problem, nanos.getAsLong());
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    asked.close();
    thread.shutdownNow();
  }
}
