package io.valmed.archive.purge;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.valmed.archive.databases.cold.EligibleRoots;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.witness.JournalFill;
import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.count.PurgeMetrics;
import io.valmed.archive.purge.count.PurgeProgress;
import io.valmed.archive.purge.count.PurgeServers;
import io.valmed.archive.purge.count.PurgeTally;
import io.valmed.archive.purge.lane.KnownReferenced;
import io.valmed.archive.purge.lane.LaneSessions;
import io.valmed.archive.purge.lane.OpenedSessions;
import io.valmed.archive.purge.lane.PurgeLane;
import io.valmed.archive.purge.lane.PurgeLanes;
import io.valmed.archive.purge.lane.Stage;
import io.valmed.archive.purge.lane.Suspects;
import io.valmed.archive.purge.maintain.ClockWatch;
import io.valmed.archive.purge.maintain.Clocks;
import io.valmed.archive.purge.maintain.JournalRecovery;
import io.valmed.archive.purge.maintain.WitnessWatch;
import io.valmed.archive.purge.pace.OncePatience;
import io.valmed.archive.purge.pace.PageSize;
import io.valmed.archive.purge.pace.Throttle;
import io.valmed.archive.purge.postgres.DatabaseClocks;
import io.valmed.archive.purge.postgres.HotSession;
import io.valmed.archive.purge.postgres.StandingQuestions;
import io.valmed.archive.purge.run.PurgeRun;
import io.valmed.archive.purge.run.PurgeSigns;
import io.valmed.archive.purge.run.PurgeWork;
import io.valmed.archive.purge.verify.VerificationService;
import io.valmed.archive.runtime.Backoff;
import io.valmed.archive.runtime.HealthEndpoint;
import io.valmed.archive.runtime.LifeSign;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.ProgressLog;
import io.valmed.archive.runtime.ServiceHealth;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.WorkLoop;
import io.valmed.archive.runtime.server.NamedServers;
import io.valmed.archive.runtime.server.PrimaryHost;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.VerifySettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A purge worker with its health endpoint, on a thread of its own. */
public final class PurgeService implements AutoCloseable {
  private static final Duration IDLE = Duration.ofMillis(100);

  private final WorkLoop loop;
  private final Thread thread;
  private final HealthEndpoint health;
  private final PurgeTally tally;
  private final VerificationService verification;
  private final ProgressLog progress;

  private PurgeService(
      WorkLoop loop,
      Thread thread,
      HealthEndpoint health,
      PurgeTally tally,
      VerificationService verification,
      ProgressLog progress) {
    this.progress = progress;
    this.loop = loop;
    this.thread = thread;
    this.health = health;
    this.tally = tally;
    this.verification = verification;
  }

  /**
   * Starts to purge.
   *
   * @throws StopException when the policy is a draft, or the health address cannot be listened on;
   *     what is wrong with a database shows in {@link #state}
   */
  public static PurgeService start(Settings settings, PurgeOptions options) {
    return start(settings, options, Stage.Listener.NONE);
  }

  static PurgeService start(Settings settings, PurgeOptions options, Stage.Listener stages) {
    if (settings.policy().draft()) {
      throw new StopException(
          "The policy is a draft that nobody has agreed to, so nothing is purged (capture and sink work); look at its roots, ages, settled predicates and cold-after with 'archive doctor', then take the line 'draft: true' out of the policy and start the purge again.");
    }
    PurgeTally tally = new PurgeTally(settings.policy(), System::nanoTime);
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    PurgeServers servers = StandingQuestions.of(settings, InstantSource.system());
    PurgeMetrics meters = PurgeMetrics.register(metrics, tally, settings.policy(), servers);
    LifeSign life = new LifeSign("purge", System::nanoTime);
    OncePatience patience =
        new OncePatience(options.patience(), () -> tally.counts().total(), System::nanoTime);
    Shared shared =
        new Shared(
            tally,
            patience,
            new Suspects(),
            new KnownReferenced(System::nanoTime),
            meters,
            new PageSize(settings.purge().pageAggregates()),
            PurgeSigns.of(life, settings.purge(), stages),
            new ClockWatch(settings.purge().clockSkew(), System::nanoTime),
            new WitnessWatch(settings.prefix(), settings.purge().witnessWithin(), System::nanoTime),
            life);
    WorkLoop loop =
        new WorkLoop(
            "purge",
            new NamedServers(List.of(settings.hot().purger(), settings.archive().purger()), null)
                .naming(patience.limit(() -> open(settings, options, shared))),
            IDLE,
            new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5), new Random()),
            life);
    VerificationService verification =
        VerificationService.of(
            options.once() ? settings.withVerify(VerifySettings.OFF) : settings,
            metrics,
            servers.archive());
    ServiceHealth all =
        new ServiceHealth(loop::state, List.of(life), servers.both(), verification::remark);
    HealthEndpoint health = HealthEndpoint.start(settings.purge().health(), all, metrics);
    Thread thread = new Thread(loop, "purge");
    thread.start();
    verification.start();
    PurgeProgress counts = new PurgeProgress(() -> eligible(settings), tally, System::nanoTime);
    ProgressLog progress = new ProgressLog("purge", counts::rows, counts::left, System::nanoTime);
    progress.start();
    return new PurgeService(loop, thread, health, tally, verification, progress);
  }

  private static long eligible(Settings settings) throws SQLException, TableHeldException {
    return EligibleRoots.count(settings).values().stream().mapToLong(Long::longValue).sum();
  }

  /** What outlives a reconnection. */
  private record Shared(
      PurgeTally tally,
      OncePatience patience,
      Suspects suspects,
      KnownReferenced referenced,
      PurgeMetrics meters,
      PageSize size,
      Stage.Listener stages,
      ClockWatch watch,
      WitnessWatch witnesses,
      LifeSign life) {}

  private static PurgeWork open(Settings settings, PurgeOptions options, Shared shared)
      throws SQLException {
    return openAt(
        settings
            .withHot(settings.hot().withPurger(PrimaryHost.of(settings.hot().purger())))
            .withArchive(
                settings.archive().withPurger(PrimaryHost.of(settings.archive().purger()))),
        options,
        shared);
  }

  private static PurgeWork openAt(Settings settings, PurgeOptions options, Shared shared)
      throws SQLException {
    HotSession hot = HotSession.open(settings, shared.watch());
    try (OpenedSessions opened = new OpenedSessions()) {
      LaneSessions first = opened.keep(PurgeSessions.open(settings, hot));
      JournalRecovery recovery = new JournalRecovery(first.hot(), first.journal(), shared.tally());
      recovery.settle();
      recovery.findLost();
      recovery.findUndone();
      first.begin().pass();
      List<PurgeLane> lanes = new ArrayList<>();
      lanes.add(lane(first, shared));
      while (lanes.size() < PurgeLanes.COUNT) {
        LaneSessions beside =
            opened.keep(
                PurgeSessions.open(settings, HotSession.openBeside(settings, shared.watch())));
        beside.begin().pass();
        lanes.add(lane(beside, shared));
      }
      Connection archive = opened.keep(WitnessWatch.open(settings));
      Clocks clocks = DatabaseClocks.open(settings, InstantSource.system());
      opened.handOver();
      LooksBeside looks = new LooksBeside(clocks, archive, new JournalFill(settings));
      return work(settings, options, shared, new PurgeLanes(lanes), first, looks);
    }
  }

  private static PurgeLane lane(LaneSessions sessions, Shared shared) {
    return new PurgeLane(sessions, shared.suspects(), shared.referenced(), shared.stages());
  }

  private static PurgeWork work(
      Settings settings,
      PurgeOptions options,
      Shared shared,
      PurgeLanes lanes,
      LaneSessions first,
      LooksBeside looks) {
    Throttle throttle = new Throttle(settings.purge().rowsPerSecond(), System::nanoTime);
    return new PurgeWork(
        PurgeSigns.around(
            shared.life(),
            settings.purge(),
            new PurgeWork.Checks(
                () -> shared.witnesses().lookIfDue(looks.archive(), looks.journal()),
                () -> shared.watch().lookIfDue(looks.clocks()),
                first.check())),
        () ->
            new PurgeRun(
                settings.policy().roots(),
                lanes,
                shared.tally(),
                shared.meters(),
                shared.size(),
                throttle),
        throttle,
        settings.purge().every(),
        options.once(),
        shared.patience(),
        System::nanoTime,
        () -> {
          looks.close();
          lanes.close();
        });
  }

  /** How the work goes. */
  public LoopState state() {
    return loop.state();
  }

  /** Rows and aggregates so far, per table. */
  public PurgeCounts counts() {
    return tally.counts();
  }

  /** Lets the page under way end, then ends the work; returns at once. */
  public void stop() {
    loop.requestStop();
  }

  /** Waits until the work has ended: done, stopped or failed ({@link #state}). */
  public void awaitEnd() throws InterruptedException {
    thread.join();
  }

  /** The port on which health and metrics are served. */
  public int healthPort() {
    return health.port();
  }

  /** Stops, waits for the page under way to end, and closes the endpoint. */
  @Override
  public void close() {
    stop();
    verification.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      progress.close();
      health.close();
    }
  }
}
