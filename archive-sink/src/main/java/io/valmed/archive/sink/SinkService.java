package io.valmed.archive.sink;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.Backoff;
import io.valmed.archive.runtime.HealthEndpoint;
import io.valmed.archive.runtime.LifeSign;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.ProgressLog;
import io.valmed.archive.runtime.ServiceHealth;
import io.valmed.archive.runtime.StopInTime;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.WorkLoop;
import io.valmed.archive.runtime.kafka.KafkaQuestion;
import io.valmed.archive.runtime.server.NamedServers;
import io.valmed.archive.runtime.server.ServerQuestion;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.sink.apply.ArchiveStanding;
import io.valmed.archive.sink.apply.ArchiveThread;
import io.valmed.archive.sink.kafka.KafkaAlarmTopic;
import io.valmed.archive.sink.kafka.KafkaChangeTopics;
import io.valmed.archive.sink.kafka.KafkaSchemaTopic;
import io.valmed.archive.sink.postgres.ArchiveDatabase;
import io.valmed.archive.sink.postgres.ArchiveQuestion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A running sink: its loop on a thread of its own, its health and metrics. */
public final class SinkService implements AutoCloseable {
  /** The product's own table of hot that goes the way of any other. */
  public static final TableId HEARTBEAT = new TableId("arc", "heartbeat");

  private static final Duration IDLE = Duration.ofMillis(200);
  private static final Duration FIRST_WAIT = Duration.ofMillis(200);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  /** Of a batch; a lock of the archive is waited for half as long. */
  private static final Duration LONG_STATEMENT = Duration.ofSeconds(60);

  /** Without brokers an opening waits for much longer; work that has begun ends by itself. */
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private final WorkLoop loop;
  private final Thread thread;
  private final StopInTime end;
  private final HealthEndpoint health;
  private final ProgressLog progress;

  private SinkService(WorkLoop loop, Thread thread, HealthEndpoint health, ProgressLog progress) {
    this.progress = progress;
    this.loop = loop;
    this.thread = thread;
    this.health = health;
    this.end =
        new StopInTime(thread, STOP_PATIENCE, () -> !(loop.state() instanceof LoopState.Running));
  }

  /**
   * Starts a sink. It waits by itself until brokers, archive and topics are there.
   *
   * @throws io.valmed.archive.runtime.StopException when the health port is taken
   */
  public static SinkService start(Settings settings) {
    return start(settings, FailPoint.NONE);
  }

  public static SinkService start(Settings settings, FailPoint failPoint) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    ServerQuestion<ArchiveStanding> archive = ArchiveQuestion.of(settings);
    ServerQuestion<Positions> kafka = kafka(settings);
    SinkMetrics metrics = new SinkMetrics(registry, archive, kafka, tables(settings));
    Threads threads = new Threads();
    WorkLoop loop =
        new WorkLoop(
            "sink",
            new NamedServers(List.of(settings.archive().sink()), settings.kafka())
                .naming(() -> open(settings, metrics, threads, threads.signs(failPoint))),
            IDLE,
            new Backoff(FIRST_WAIT, LONGEST_WAIT, RandomGenerator.getDefault()),
            threads.reader());
    ServiceHealth all =
        new ServiceHealth(
            loop::state,
            List.of(threads.reader(), threads.archive()),
            List.of(archive, kafka),
            metrics::remarks);
    HealthEndpoint health = HealthEndpoint.start(settings.sink().health(), all, registry);
    Thread thread = new Thread(loop, "sink");
    ProgressLog progress = new ProgressLog("sink", metrics::rows, metrics::left, System::nanoTime);
    thread.start();
    progress.start();
    return new SinkService(loop, thread, health, progress);
  }

  private static ServerQuestion<Positions> kafka(Settings settings) {
    return new ServerQuestion<>(
        "kafka",
        new KafkaQuestion(
            settings.kafka(), settings.prefix() + "-sink-health", tables(settings).keySet()),
        System::nanoTime);
  }

  /** The signs of life of the two threads that work. */
  private record Threads(LifeSign reader, LifeSign archive) {
    Threads() {
      this(new LifeSign("sink", System::nanoTime), new LifeSign("sink-archive", System::nanoTime));
    }

    /** Signs on the way through a batch; between two, the archive has a statement to do. */
    FailPoint signs(FailPoint failPoint) {
      return at -> {
        LifeSign thread = at == FailPoint.Boundary.POLLED ? reader : archive;
        thread.give();
        failPoint.reached(at);
        if (thread == archive) {
          thread.give(LONG_STATEMENT);
        }
      };
    }
  }

  /** How the work goes. */
  public LoopState state() {
    return loop.state();
  }

  /** Where health and metrics are served. */
  public int healthPort() {
    return health.port();
  }

  /** Asks the sink to end after the batch under way, and returns at once. */
  public void stop() {
    loop.requestStop();
    end.told();
  }

  /** Waits until the sink has ended: told to stop, or failed for good. */
  public void awaitEnd() throws InterruptedException {
    thread.join();
  }

  /** Stops, waits for the end, and frees the health port. */
  @Override
  public void close() {
    stop();
    try {
      awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    progress.close();
    health.close();
  }

  /** The table of each topic that a sink of these settings reads. */
  public static Map<String, TableId> tables(Settings settings) {
    Map<String, TableId> tables = new HashMap<>();
    for (PolicyTable table : settings.policy().tables()) {
      tables.put(settings.topics().table(table.table()), table.table());
    }
    tables.put(settings.topics().table(HEARTBEAT), HEARTBEAT);
    return tables;
  }

  private static Work open(
      Settings settings, SinkMetrics metrics, Threads threads, FailPoint failPoint)
      throws Exception {
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      KafkaSchemaTopic schema = KafkaSchemaTopic.open(settings.kafka(), settings.topics().schema());
      opened.push(schema);
      KafkaAlarmTopic alarms = KafkaAlarmTopic.open(settings.kafka(), settings.topics().alarms());
      opened.push(alarms);
      KafkaChangeTopics changes = KafkaChangeTopics.open(settings.kafka(), settings.sink());
      opened.push(changes);
      ArchiveThread archive =
          new ArchiveThread(
              ArchiveDatabase.open(settings, failPoint),
              metrics::applied,
              threads.reader(),
              threads.archive());
      opened.push(archive);
      SinkWork work =
          new SinkWork(
              new SinkWork.Topics(changes, schema, alarms),
              archive,
              tables(settings),
              settings.sink(),
              metrics,
              threads.reader(),
              failPoint);
      work.start();
      return work;
    } catch (Exception e) {
      for (AutoCloseable resource : opened) {
        resource.close();
      }
      throw e;
    }
  }
}
