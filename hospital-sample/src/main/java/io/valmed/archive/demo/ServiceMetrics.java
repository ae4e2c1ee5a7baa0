package io.valmed.archive.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Reads a service's counters where Prometheus would: at its {@code /metrics}. */
final class ServiceMetrics {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** The product's own table, which is no row of the hospital's. */
  private static final String HEARTBEAT = "table=\"arc.heartbeat\"";

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build();
  private final URI metrics;

  ServiceMetrics(int healthPort) {
    this.metrics = URI.create("http://127.0.0.1:" + healthPort + "/metrics");
  }

  /** The counter's sum over all tables but the heartbeat; 0 while it has not been told. */
  long sum(String counter) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(metrics).timeout(LIMIT).build();
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return sum(answer.body(), counter);
    } catch (IOException e) {
      // Only a progress bar depends on it.
      return 0;
    }
  }

  static long sum(String text, String counter) {
    return text.lines()
        .filter(line -> line.startsWith(counter + "{") || line.startsWith(counter + " "))
        .filter(line -> !line.contains(HEARTBEAT))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
