package io.valmed.archive.operations.trend;

import io.valmed.archive.databases.history.EventTable;
import io.valmed.archive.databases.history.KpiTable;
import io.valmed.archive.databases.history.Sample;
import io.valmed.archive.databases.history.SampleTable;
import io.valmed.archive.databases.history.StatusEvent;
import io.valmed.archive.databases.schema.ReleaseSchema;
import io.valmed.archive.databases.schema.SchemaCheck;
import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Status;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.Reminder;
import io.valmed.archive.runtime.jdbc.UnitOfWork;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what it is shown in the archive, on a thread of its own. While the archive is away it keeps
 * the newest two hours in memory and writes them when it is back; showing a status never waits for
 * a database. Two of one installation do no harm: of two samples at one time the first stays.
 */
public final class StatusRecorder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusRecorder.class);
  private static final int SAMPLES = 720;
  private static final int EVENTS = 1_000;
  private static final Duration SIZES_EVERY = Duration.ofMinutes(5);
  private static final String STATEMENT_TIMEOUT = "SET statement_timeout = '20s'";

  private final Settings settings;
  private final Duration every;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Reminder waiting = new Reminder(System::nanoTime);
  private final Thread thread;

  private final List<Sample> samples = new ArrayList<>();
  private final List<StatusEvent> events = new ArrayList<>();
  private @Nullable Status newest;
  private @Nullable Instant sampled;

  private @Nullable Connection archive;
  private @Nullable Instant sizesWritten;

  private StatusRecorder(Settings settings, Duration every) {
    this.settings = settings;
    this.every = every;
    this.thread = new Thread(this::run, "status-history");
    this.thread.setDaemon(true);
  }

  /** Starts to write every ten seconds. */
  public static StatusRecorder start(Settings settings) {
    return start(settings, SampleTable.FINE);
  }

  /** The same with another pause between writes. */
  static StatusRecorder start(Settings settings, Duration every) {
    StatusRecorder recorder = new StatusRecorder(settings, every);
    recorder.thread.start();
    return recorder;
  }

  /** Takes note of it; returns at once. Of each ten seconds the first is kept. */
  public synchronized void show(Status status) {
    Instant at = fine(status.measured().at());
    if (!at.equals(sampled)) {
      samples.add(Samples.of(status, at));
      sampled = at;
    }
    if (newest != null) {
      events.addAll(StatusChanges.between(newest, status));
    }
    newest = status;
    forget(samples, SAMPLES);
    forget(events, EVENTS);
  }

  /** Takes note of something that a status does not show. */
  public synchronized void note(StatusEvent event) {
    events.add(event);
  }

  private static Instant fine(Instant at) {
    return Instant.ofEpochSecond(at.getEpochSecond() / 10 * 10);
  }

  private static void forget(List<?> list, int most) {
    if (list.size() > most) {
      list.subList(0, list.size() - most).clear();
    }
  }

  private void run() {
    try {
      boolean stopping = false;
      while (!stopping) {
        stopping = stop.await(every.toMillis(), TimeUnit.MILLISECONDS);
        write();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      disconnect();
    }
  }

  private void write() {
    List<Sample> newSamples;
    List<StatusEvent> newEvents;
    Status now;
    synchronized (this) {
      newSamples = List.copyOf(samples);
      newEvents = List.copyOf(events);
      now = newest;
    }
    if (now == null) {
      return;
    }
    try {
      write(connected(), newSamples, newEvents, now.measured());
      if (waiting.over()) {
        log.info("the archive keeps the status history again");
      }
      synchronized (this) {
        samples.removeAll(newSamples);
        events.removeAll(newEvents);
      }
    } catch (SQLException | RuntimeException e) {
      disconnect();
      String sentence = Failures.sentence(e);
      if (waiting.due("waits")) {
        log.warn("the status history waits for the archive: {}", sentence);
      }
    }
  }

  private void write(
      Connection connection, List<Sample> newSamples, List<StatusEvent> newEvents, Measurement seen)
      throws SQLException {
    SampleTable history = new SampleTable(connection, settings.prefix());
    EventTable changes = new EventTable(connection, settings.prefix());
    UnitOfWork.run(
        connection,
        () -> {
          history.insert(newSamples);
          changes.insert(newEvents);
        });
    history.thin(seen.at());
    int unused = history.prune(seen.at()) + changes.prune(seen.at());
    if (sizesWritten == null || !seen.at().isBefore(sizesWritten.plus(SIZES_EVERY))) {
      new KpiTable(connection, settings.prefix()).write(Samples.days(seen));
      sizesWritten = seen.at();
    }
  }

  private Connection connected() throws SQLException {
    Connection open = archive;
    if (open == null) {
      open = settings.archive().purger().connect("archive api history");
      archive = open;
      SchemaCheck.of(ReleaseSchema.ARCHIVE, open);
      try (var statement = open.createStatement()) {
        statement.execute(STATEMENT_TIMEOUT);
      }
    }
    return open;
  }

  private void disconnect() {
    Connection open = archive;
    archive = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        log.debug("the connection of the status history did not close", e);
      }
    }
  }

  /** Writes what it has not written yet, and waits for that at most five seconds. */
  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(Duration.ofSeconds(5).toMillis());
      thread.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
