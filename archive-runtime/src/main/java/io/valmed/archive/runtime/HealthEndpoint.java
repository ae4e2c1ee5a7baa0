package io.valmed.archive.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * {@code /health/live} (200 until the work has failed for good), {@code /health/ready} (200 while
 * the work runs, its threads go on and its servers answer) and {@code /metrics} (Prometheus text)
 * of one service. None waits for another: one that waits for a server has a thread of its own.
 */
public final class HealthEndpoint implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads;
  private final ServiceHealth health;

  private HealthEndpoint(HttpServer server, ExecutorService threads, ServiceHealth health) {
    this.server = server;
    this.threads = threads;
    this.health = health;
  }

  /**
   * Starts to listen.
   *
   * @param address where; port 0 takes a free one
   * @param health how the service's work goes; closed with this
   * @param metrics what {@code /metrics} tells, from now on of servers and threads too
   * @throws StopException when the address cannot be listened on
   */
  public static HealthEndpoint start(
      InetSocketAddress address, ServiceHealth health, PrometheusMeterRegistry metrics) {
    health.register(metrics);
    HttpServer server;
    try {
      server = HttpServer.create(address, 16);
    } catch (IOException e) {
      throw new StopException(
          "The health port "
              + address.getPort()
              + " on "
              + address.getHostString()
              + " cannot be listened on ("
              + e.getMessage()
              + "); free it or set another 'health' address.",
          e);
    }
    ExecutorService threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "health");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext(
        "/health/live",
        exchange -> {
          LoopState now = health.state();
          answer(exchange, now instanceof LoopState.Failed ? 503 : 200, now.describe() + "\n");
        });
    server.createContext(
        "/health/ready",
        exchange -> {
          ServiceHealth.Report report = health.report();
          answer(exchange, report.ready() ? 200 : 503, report.text());
        });
    server.createContext(
        "/metrics",
        exchange -> {
          health.ask();
          answer(exchange, 200, metrics.scrape());
        });
    server.start();
    return new HealthEndpoint(server, threads, health);
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    health.close();
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }
}
