package io.valmed.archive.api;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.valmed.archive.databases.history.StatusEvent;
import io.valmed.archive.operations.status.Status;
import io.valmed.archive.operations.status.StatusJson;
import io.valmed.archive.operations.trend.StatusRecorder;
import io.valmed.archive.runtime.Failures;
import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The status page with its API, until it is told to stop. It serves whichever server is away. */
public final class ApiService implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ApiService.class);
  private static final int LARGEST_REQUEST = 16_384;
  private static final String CONTENT =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Javalin server;
  private final Statuses statuses;
  private final LiveStream stream;
  private final StatusRecorder recorder;
  private final String host;
  private final CountDownLatch stop = new CountDownLatch(1);
  private volatile LoopState state = new LoopState.Running();

  private ApiService(
      Javalin server, Statuses statuses, LiveStream stream, StatusRecorder recorder, String host) {
    this.server = server;
    this.statuses = statuses;
    this.stream = stream;
    this.recorder = recorder;
    this.host = host;
  }

  /**
   * Starts to serve, and to keep the history in the archive.
   *
   * @param version the release, for {@code archive_build_info}
   * @param statuses what is shown; closed with this
   * @throws StopException when the address cannot be listened on
   */
  public static ApiService start(Settings settings, String version, Statuses statuses) {
    InstantSource clock = InstantSource.system();
    LiveStream stream = new LiveStream();
    InetSocketAddress address = settings.api().address();
    Javalin server =
        Javalin.create(
            config -> {
              quiet(config);
              safe(config.routes);
              PageFiles.serve(config.routes);
              new StatusRoutes(statuses, settings, version, clock).serve(config.routes);
              new TrendRoutes(settings, clock).serve(config.routes);
              new PurgeRoutes(settings).serve(config.routes);
              config.routes.sse("/v1/stream", stream::join);
            });
    try {
      server.start(address.getHostString(), address.getPort());
    } catch (JavalinBindException e) {
      stream.close();
      statuses.close();
      throw new StopException(
          "The port %d on %s cannot be listened on; free it or set another 'api.port'."
              .formatted(address.getPort(), address.getHostString()),
          e);
    }
    StatusRecorder recorder = StatusRecorder.start(settings);
    recorder.note(
        new StatusEvent(
            clock.instant(), "watched", "*", "The status page of %s started.".formatted(version)));
    ApiService service =
        new ApiService(server, statuses, stream, recorder, address.getHostString());
    statuses.onStatus(service::show);
    log.atInfo().addKeyValue("address", service.address()).log("the status page is served");
    return service;
  }

  private void show(Status status) {
    stream.send(StatusJson.status(status));
    recorder.show(status);
  }

  private static void quiet(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.maxRequestSize = LARGEST_REQUEST;
    config.http.defaultContentType = "application/json; charset=utf-8";
  }

  private static void safe(RoutesConfig routes) {
    routes.before(
        context ->
            context
                .header("Content-Security-Policy", CONTENT)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Cache-Control", "no-store"));
    routes.exception(HttpResponseException.class, (e, c) -> problem(c, e.getStatus(), e));
    routes.exception(SQLException.class, (e, c) -> problem(c, 503, e));
    routes.exception(StopException.class, (e, c) -> problem(c, 503, e));
    routes.exception(
        Exception.class,
        (e, c) -> {
          log.warn("{} failed\n{}", c.path(), Failures.trace(e));
          problem(c, 500, e);
        });
  }

  private static void problem(Context context, int status, Exception e) {
    String sentence =
        e instanceof HttpResponseException ? String.valueOf(e.getMessage()) : Failures.sentence(e);
    context.status(status);
    answer(context, Json.bytes(Map.of("problem", sentence)));
  }

  /** Answers with a JSON document. */
  static void answer(Context context, byte[] document) {
    context.contentType("application/json; charset=utf-8").result(document);
  }

  /** How the work goes. */
  public LoopState state() {
    return state;
  }

  /** Where the page is, for a browser on this machine. */
  public String address() {
    boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
    String shown = everywhere ? "localhost" : host;
    return "http://%s:%d/".formatted(shown.contains(":") ? "[" + shown + "]" : shown, healthPort());
  }

  /** The port on which all is served, health and metrics too. */
  public int healthPort() {
    return server.port();
  }

  /** Ends the work; returns at once. */
  public void stop() {
    stop.countDown();
  }

  /** Waits until it was told to stop. */
  public void awaitEnd() throws InterruptedException {
    stop.await();
    state = new LoopState.Stopped();
  }

  /** Stops to serve and to measure, and writes what is left of the history. */
  @Override
  public void close() {
    stop();
    statuses.close();
    stream.close();
    recorder.close();
    server.stop();
  }
}
