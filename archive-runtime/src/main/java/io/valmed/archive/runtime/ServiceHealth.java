package io.valmed.archive.runtime;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.valmed.archive.runtime.server.ServerAnswer;
import io.valmed.archive.runtime.server.ServerQuestion;
import java.util.List;
import java.util.function.Supplier;

/**
 * Whether a service does its work now: its loop runs, its threads give signs of life, and its
 * servers answer. Found out when somebody asks (ADR 0137).
 */
public final class ServiceHealth implements AutoCloseable {
  private final Supplier<LoopState> state;
  private final List<LifeSign> threads;
  private final List<ServerQuestion<?>> servers;
  private final Supplier<String> remarks;

  /**
   * An answer for whoever asks whether it is ready.
   *
   * @param ready whether it is
   * @param text why, in lines
   */
  public record Report(boolean ready, String text) {}

  /**
   * @param state how the work goes
   * @param threads the threads that work
   * @param servers what it cannot work without; closed with this
   * @param remarks lines on parts of the work that stand still while the rest goes on, each ended;
   *     empty: there are none
   */
  public ServiceHealth(
      Supplier<LoopState> state,
      List<LifeSign> threads,
      List<ServerQuestion<?>> servers,
      Supplier<String> remarks) {
    this.state = state;
    this.threads = List.copyOf(threads);
    this.servers = List.copyOf(servers);
    this.remarks = remarks;
  }

  /** Tells metrics of servers and threads. */
  public void register(MeterRegistry registry) {
    for (ServerQuestion<?> server : servers) {
      Gauge.builder("archive.server.up", () -> server.answer().known() ? 1 : 0)
          .description("1 while the server answers a small question within two seconds")
          .tag("server", server.server())
          .register(registry);
    }
    for (LifeSign thread : threads) {
      Gauge.builder("archive.life.sign.age", thread::ageSeconds)
          .description("How long ago a working thread last said that it works")
          .baseUnit("seconds")
          .tag("thread", thread.thread())
          .register(registry);
    }
  }

  /** How the work goes; asks nobody. */
  public LoopState state() {
    return state.get();
  }

  /** Asks all servers at once, and waits for their answers no longer than one may take. */
  public void ask() {
    servers.forEach(ServerQuestion::begin);
    servers.forEach(ServerQuestion::answer);
  }

  /** Whether the service does its work now. */
  public Report report() {
    LoopState now = state();
    StringBuilder text = new StringBuilder(now.describe()).append('\n');
    boolean ready = now.ready();
    if (!now.ended()) {
      ask();
      for (ServerQuestion<?> server : servers) {
        ServerAnswer<?> answer = server.answer();
        if (!answer.known()) {
          ready = false;
          text.append(server.server()).append(" does not answer: ");
          text.append(answer.problem()).append('\n');
        }
      }
      for (LifeSign thread : threads) {
        if (now.ready() && thread.overdue()) {
          ready = false;
          text.append(
              "thread %s has not gone on for %.0f s; if all servers answer, see with jstack where it stands, and restart the service\n"
                  .formatted(thread.thread(), thread.ageSeconds()));
        }
      }
    }
    return new Report(ready, text.append(remarks.get()).toString());
  }

  @Override
  public void close() {
    servers.forEach(ServerQuestion::close);
  }
}
