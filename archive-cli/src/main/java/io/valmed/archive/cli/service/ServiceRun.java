package io.valmed.archive.cli.service;

import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.cli.common.FailureReport;
import io.valmed.archive.runtime.LoopState;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one service until it ends by itself or the process is told to end (SIGTERM, Ctrl-C): then
 * the step under way is finished first.
 */
final class ServiceRun {
  private static final Logger log = LoggerFactory.getLogger(ServiceRun.class);

  /** A started service, whichever module it is of. */
  interface Service {
    LoopState state();

    void stop();

    void awaitEnd() throws InterruptedException;

    void close() throws Exception;

    int healthPort();
  }

  private ServiceRun() {}

  /**
   * Starts the service and stays with it.
   *
   * @param name {@code capture}, {@code sink}, {@code purge} or {@code api}
   * @param stopped the exit code when it was told to stop before its work was done: {@link
   *     ExitCode#OK} for one whose work has no end
   * @return {@link ExitCode#OK} when it had done all its work
   */
  static int of(String name, int stopped, Callable<Service> start) throws Exception {
    Service service = start.call();
    CountDownLatch over = new CountDownLatch(1);
    Thread hook = new Thread(() -> stopAndHalt(service, stopped, over), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    log.atInfo().addKeyValue("health_port", service.healthPort()).log("{} serves health", name);
    service.awaitEnd();
    int code = exitCode(service.state());
    service.close();
    over.countDown();
    return code;
  }

  /** What a service that has ended tells the shell. */
  static int exitCode(LoopState ended) {
    Throwable failure = ended.failure();
    return failure == null ? ExitCode.OK : Math.max(FailureReport.exitCode(failure), 1);
  }

  private static void stopAndHalt(Service service, int stopped, CountDownLatch over) {
    if (over.getCount() == 0) {
      return;
    }
    service.stop();
    try {
      service.awaitEnd();
      service.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      log.warn("the service did not close cleanly", e);
    }
    // The JVM would answer the signal with 143 or 130, however orderly the end.
    LoopState ended = service.state();
    Runtime.getRuntime().halt(ended instanceof LoopState.Stopped ? stopped : exitCode(ended));
  }
}
