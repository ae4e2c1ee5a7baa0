package io.valmed.archive.stack.process;

import io.valmed.archive.stack.StackException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** What a service on this machine tells whoever asks it: {@code /health/…} and {@code /metrics}. */
public final class ServicePages {
  /** Two servers of a service may have to be waited for, two seconds each. */
  private static final Duration LIMIT = Duration.ofSeconds(8);

  private final HttpClient client = HttpClient.newHttpClient();
  private final int port;

  /**
   * @param port where the service tells its health
   */
  public ServicePages(int port) {
    this.port = port;
  }

  /** Whether it says that it is ready. */
  public boolean ready() {
    return get("/health/ready").statusCode() == 200;
  }

  /** What it says with that. */
  public String readiness() {
    return get("/health/ready").body();
  }

  /** Whether it says that it lives. */
  public boolean live() {
    return get("/health/live").statusCode() == 200;
  }

  /**
   * The value of a metric.
   *
   * @param name its name with its labels, as it is written there
   */
  public double metric(String name) {
    return metrics()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> number(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new StackException("There is no metric " + name + "."));
  }

  private static double number(String text) {
    return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
  }

  /** Metrics that nothing is said about. */
  public List<String> metricsWithoutHelp() {
    List<String> lines = metrics().lines().toList();
    return lines.stream()
        .filter(line -> line.startsWith("# TYPE "))
        .map(line -> line.split(" ", 4)[2])
        .filter(
            name ->
                lines.stream().noneMatch(line -> line.matches("# HELP " + name + " \\S.*[a-z].*")))
        .toList();
  }

  /** All metrics. */
  public String metrics() {
    return get("/metrics").body();
  }

  private HttpResponse<String> get(String path) {
    URI address = URI.create("http://127.0.0.1:" + port + path);
    try {
      return client.send(
          HttpRequest.newBuilder(address).timeout(LIMIT).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new StackException("The service at port " + port + " does not answer.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StackException("The service at port " + port + " was not waited for.", e);
    }
  }
}
