package io.valmed.archive.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * {@code /health/live} (200 until the work has failed for good), {@code /health/ready} (200 while
 * the work runs) and {@code /metrics} (Prometheus text) of one service.
 */
public final class HealthEndpoint implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads;

  private HealthEndpoint(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Starts to listen.
   *
   * @param address where; port 0 takes a free one
   * @param state how the service's work goes
   * @param metrics what {@code /metrics} tells
   * @throws StopException when the address cannot be listened on
   */
  public static HealthEndpoint start(
      InetSocketAddress address, Supplier<LoopState> state, PrometheusMeterRegistry metrics) {
    return start(address, state, () -> "", metrics);
  }

  /**
   * Starts to listen; what is remarked stands behind the state in {@code /health/ready}.
   *
   * @param remarks lines on parts of the work that stand still while the rest goes on, each ended;
   *     empty: there are none
   * @throws StopException when the address cannot be listened on
   */
  public static HealthEndpoint start(
      InetSocketAddress address,
      Supplier<LoopState> state,
      Supplier<String> remarks,
      PrometheusMeterRegistry metrics) {
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
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "health");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext(
        "/health/live",
        exchange -> {
          LoopState now = state.get();
          answer(exchange, now instanceof LoopState.Failed ? 503 : 200, now.describe() + "\n");
        });
    server.createContext(
        "/health/ready",
        exchange -> {
          LoopState now = state.get();
          answer(exchange, now.ready() ? 200 : 503, now.describe() + "\n" + remarks.get());
        });
    server.createContext("/metrics", exchange -> answer(exchange, 200, metrics.scrape()));
    server.start();
    return new HealthEndpoint(server, threads);
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
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
