package io.valmed.archive.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.ServiceUnavailableResponse;
import io.valmed.archive.operations.status.Status;
import io.valmed.archive.operations.status.StatusJson;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/status}, {@code /v1/lag}, {@code /v1/about}, {@code /metrics} and health: from the
 * newest status, without asking a server.
 */
final class StatusRoutes {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration OLD = Duration.ofSeconds(60);

  private final Statuses statuses;
  private final Settings settings;
  private final String version;
  private final InstantSource clock;

  StatusRoutes(Statuses statuses, Settings settings, String version, InstantSource clock) {
    this.statuses = statuses;
    this.settings = settings;
    this.version = version;
    this.clock = clock;
  }

  void serve(RoutesConfig routes) {
    routes.get("/v1/status", c -> ApiService.answer(c, StatusJson.status(first())));
    routes.get("/v1/lag", c -> ApiService.answer(c, StatusJson.lag(first())));
    routes.get("/v1/about", this::about);
    routes.get("/metrics", this::metrics);
    routes.get("/health/live", context -> context.contentType(PLAIN).result("is running\n"));
    routes.get("/health/ready", this::ready);
  }

  private static final String PLAIN = "text/plain; charset=utf-8";

  private void about(Context context) {
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("version", version);
    about.put("prefix", settings.prefix());
    about.put("mayHold", settings.api().tokenFile() != null);
    ApiService.answer(context, Json.bytes(about));
  }

  private void metrics(Context context) throws InterruptedException {
    context
        .contentType("text/plain; version=0.0.4; charset=utf-8")
        .result(StatusMetrics.of(statuses.status(FIRST), version));
  }

  /** Whether it measures; how the measured does is no matter of its health. */
  private void ready(Context context) throws InterruptedException {
    @Nullable Status newest = statuses.status(Duration.ZERO);
    boolean measures = newest != null && newest.measured().at().isAfter(clock.instant().minus(OLD));
    context
        .status(measures ? 200 : 503)
        .contentType(PLAIN)
        .result(measures ? "is running\n" : "nothing was measured in the last minute\n");
  }

  private Status first() throws InterruptedException {
    Status status = statuses.status(FIRST);
    if (status == null) {
      throw new ServiceUnavailableResponse("nothing has been measured yet; ask again in a moment");
    }
    return status;
  }
}
