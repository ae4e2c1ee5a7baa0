package io.valmed.archive.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.ServiceUnavailableResponse;
import io.valmed.archive.databases.history.Sample;
import io.valmed.archive.databases.history.StatusEvent;
import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.trend.KpiReport;
import io.valmed.archive.operations.trend.Trend;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code /v1/history}, {@code /v1/events} and {@code /v1/kpis}: what the archive keeps. */
final class TrendRoutes {
  private static final Pattern RANGE = Pattern.compile("([1-9][0-9]{0,4})([smhd])");
  private static final Duration LONGEST = Duration.ofDays(400);

  /** Whoever asks, and however often: the archive has sessions for its own work. */
  private static final int AT_ONCE = 2;

  private static final long PATIENCE_SECONDS = 5;

  private final Semaphore sessions = new Semaphore(AT_ONCE, true);
  private final Settings settings;
  private final InstantSource clock;

  TrendRoutes(Settings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
  }

  void serve(RoutesConfig routes) {
    routes.get("/v1/history", context -> inTurn(() -> history(context)));
    routes.get("/v1/events", context -> inTurn(() -> events(context)));
    routes.get("/v1/kpis", context -> inTurn(() -> kpis(context)));
  }

  /** Asks the archive. */
  @FunctionalInterface
  private interface Asked {
    void run() throws SQLException;
  }

  private void inTurn(Asked asked) throws SQLException, InterruptedException {
    if (!sessions.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new ServiceUnavailableResponse("too many ask for the past; ask again in a moment");
    }
    try {
      asked.run();
    } finally {
      sessions.release();
    }
  }

  private void history(Context context) throws SQLException {
    Trend trend = Trend.read(settings, clock.instant(), range(context, "1h"));
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("from", trend.from().getEpochSecond());
    document.put("to", trend.to().getEpochSecond());
    document.put("step", trend.each().toSeconds());
    document.put("first", trend.first() == null ? null : trend.first().getEpochSecond());
    document.put("at", column(trend, sample -> sample.at().getEpochSecond()));
    document.put("state", column(trend, Sample::state));
    Map<String, @Nullable Object> seconds = new LinkedHashMap<>();
    Map<String, @Nullable Object> states = new LinkedHashMap<>();
    List<Hop> hops = List.of(Hop.values());
    for (int i = 0; i < hops.size(); i++) {
      int hop = i;
      seconds.put(hops.get(i).label(), column(trend, sample -> sample.hopSeconds().get(hop)));
      states.put(hops.get(i).label(), column(trend, sample -> sample.hopStates().get(hop)));
    }
    document.put("seconds", seconds);
    document.put("states", states);
    document.put("retainedBytes", column(trend, sample -> sample.sizes().retained()));
    document.put("safeBytes", column(trend, sample -> sample.sizes().safe()));
    document.put("hotRows", column(trend, sample -> sample.sizes().hotRows()));
    document.put("mirrorRows", column(trend, sample -> sample.sizes().mirrorRows()));
    document.put("coldRows", column(trend, sample -> sample.sizes().coldRows()));
    document.put("hotBytes", column(trend, sample -> sample.sizes().hotBytes()));
    document.put("mirrorBytes", column(trend, sample -> sample.sizes().mirrorBytes()));
    document.put("coldBytes", column(trend, sample -> sample.sizes().coldBytes()));
    document.put("eligibleRows", column(trend, sample -> sample.sizes().eligible()));
    document.put("purgedRows", column(trend, sample -> sample.sizes().purged()));
    ApiService.answer(context, Json.bytes(document));
  }

  private static List<@Nullable Object> column(
      Trend trend, Function<Sample, ? extends @Nullable Object> value) {
    List<@Nullable Object> column = new ArrayList<>();
    trend.samples().forEach(sample -> column.add(value.apply(sample)));
    return column;
  }

  private void events(Context context) throws SQLException {
    Instant since = clock.instant().minus(range(context, "2d"));
    List<Map<String, String>> events =
        Trend.events(settings, since).stream().map(TrendRoutes::event).toList();
    ApiService.answer(context, Json.bytes(Map.of("events", events)));
  }

  private static Map<String, String> event(StatusEvent event) {
    Map<String, String> one = new LinkedHashMap<>();
    one.put("at", event.at().toString());
    one.put("kind", event.kind());
    one.put("subject", event.subject());
    one.put("detail", event.detail());
    return one;
  }

  private void kpis(Context context) throws SQLException {
    KpiReport report =
        KpiReport.read(settings, clock.instant().atZone(ZoneOffset.UTC).toLocalDate());
    ApiService.answer(context, Json.bytes(report.toMap()));
  }

  private static Duration range(Context context, String byDefault) {
    String asked = context.queryParam("range");
    Matcher range = RANGE.matcher(asked == null ? byDefault : asked);
    if (!range.matches()) {
      throw new BadRequestResponse("range must be a time such as 15m, 1h, 2d or 400d");
    }
    long number = Long.parseLong(range.group(1));
    Duration length =
        switch (range.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        };
    return length.compareTo(LONGEST) > 0 ? LONGEST : length;
  }
}
