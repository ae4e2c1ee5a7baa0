package io.valmed.archive.capture;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.valmed.archive.capture.postgres.SlotQuestion;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.Backoff;
import io.valmed.archive.runtime.HealthEndpoint;
import io.valmed.archive.runtime.LifeSign;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.ProgressLog;
import io.valmed.archive.runtime.ServiceHealth;
import io.valmed.archive.runtime.StopInTime;
import io.valmed.archive.runtime.WorkLoop;
import io.valmed.archive.runtime.kafka.KafkaQuestion;
import io.valmed.archive.runtime.server.NamedServers;
import io.valmed.archive.runtime.server.ServerQuestion;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Capture as it runs: its loop on a thread of its own, its health and metrics. */
public final class CaptureService implements AutoCloseable {
  private static final Duration FIRST_WAIT = Duration.ofMillis(250);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  /** Kafka's client waits for a broker that is away for much longer. */
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  /** Of what cannot say on the way that it goes on. */
  private static final Duration LONG_WORK = Duration.ofSeconds(60);

  private final WorkLoop loop;
  private final Thread thread;
  private final HealthEndpoint health;
  private final ProgressLog progress;
  private final StopInTime end;

  private CaptureService(
      WorkLoop loop, Thread thread, HealthEndpoint health, ProgressLog progress) {
    this.progress = progress;
    this.loop = loop;
    this.thread = thread;
    this.health = health;
    this.end = new StopInTime(thread, STOP_PATIENCE);
  }

  /**
   * Starts capture and returns; {@link #state()} tells how it goes.
   *
   * @throws io.valmed.archive.runtime.StopException when the health address cannot be listened on
   */
  public static CaptureService start(Settings settings, CaptureOptions options) {
    return start(settings, options, FailPoint.NONE);
  }

  public static CaptureService start(
      Settings settings, CaptureOptions options, FailPoint failPoint) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    ServerQuestion<SlotStanding> hot = SlotQuestion.of(settings);
    CaptureMetrics metrics = new CaptureMetrics(registry, hot);
    LifeSign life = new LifeSign("capture", System::nanoTime);
    WorkLoop loop =
        new WorkLoop(
            "capture",
            new NamedServers(List.of(settings.hot().capture()), settings.kafka())
                .naming(Capture.source(settings, options, metrics, signs(life, failPoint))),
            FIRST_WAIT,
            new Backoff(FIRST_WAIT, LONGEST_WAIT, new Random()),
            life);
    ServiceHealth all =
        new ServiceHealth(loop::state, List.of(life), List.of(hot, kafka(settings)), () -> "");
    HealthEndpoint health = HealthEndpoint.start(settings.capture().health(), all, registry);
    Thread thread = new Thread(loop, "capture");
    ProgressLog progress =
        new ProgressLog("capture", metrics::rows, metrics::left, System::nanoTime);
    thread.start();
    progress.start();
    return new CaptureService(loop, thread, health, progress);
  }

  private static ServerQuestion<Positions> kafka(Settings settings) {
    List<String> topics =
        Capture.tables(settings).stream()
            .map(table -> settings.topics().table(table.table()))
            .toList();
    return new ServerQuestion<>(
        "kafka",
        new KafkaQuestion(settings.kafka(), settings.prefix() + "-capture-health", topics),
        System::nanoTime);
  }

  /**
   * Signs on the way through a batch or a snapshot. Kafka takes its time for a commit, and a COPY
   * for passing over what was deleted.
   */
  private static FailPoint signs(LifeSign life, FailPoint failPoint) {
    return (place, event) -> {
      life.give();
      failPoint.reached(place, event);
      if (place == FailPoint.Place.BEFORE_COMMIT
          || place == FailPoint.Place.COPYING
          || (place == FailPoint.Place.APPENDED && event == null)) {
        life.give(LONG_WORK);
      }
    };
  }

  /** How it goes now. */
  public LoopState state() {
    return loop.state();
  }

  /** The port of health and metrics. */
  public int healthPort() {
    return health.port();
  }

  /**
   * Asks it to end after the step under way, or in the midst of one that takes longer than a few
   * seconds; returns at once.
   */
  public void stop() {
    loop.requestStop();
    end.told();
  }

  /** Returns when it has ended. */
  public void awaitEnd() throws InterruptedException {
    thread.join();
  }

  /** Stops it and waits until it has let go of everything. */
  @Override
  public void close() {
    stop();
    try {
      thread.join(STOP_LIMIT.toMillis());
      if (thread.isAlive()) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    progress.close();
    health.close();
  }
}
