package io.valmed.archive.bench.ground;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Starts the product's services as operators do, each with the heap it is promised to need. */
public final class Service {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern PORT = Pattern.compile("health_port=\"?(\\d+)");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final AtomicInteger COUNTER = new AtomicInteger();

  /** Where each process leaves the names of the classes that it loads; null: it does not. */
  private static final @Nullable String CLASSES = System.getProperty("bench.classes");

  private final Checkout checkout;
  private final @Nullable Path profiles;

  /**
   * @param profiles where each process leaves a flight recording; null: none is made
   */
  public Service(Checkout checkout, @Nullable Path profiles) {
    this.checkout = checkout;
    this.profiles = profiles;
  }

  /** Starts the verb on the site. */
  JavaProcess start(Site site, String heap, String... verb) throws IOException {
    return start(site, heap, Map.of(), verb);
  }

  /**
   * Starts the verb on the site.
   *
   * @param settings environment variables that override the site's settings
   */
  JavaProcess start(Site site, String heap, Map<String, String> settings, String... verb)
      throws IOException {
    List<String> words = new ArrayList<>(List.of(verb));
    words.addAll(List.of("--config", site.settingsFile().toString()));
    return start(site, heap, settings, words);
  }

  /** Lets the command show its help. */
  public JavaProcess help(Site site) throws IOException {
    return start(site, "256m", Map.of(), List.of("--help"));
  }

  private JavaProcess start(
      Site site, String heap, Map<String, String> settings, List<String> words) throws IOException {
    String name = words.get(0);
    String number = name + "-" + COUNTER.incrementAndGet();
    Path collections = site.directory().resolve(number + ".gc");
    List<String> options = new ArrayList<>();
    options.add("-Xlog:gc:file=" + collections);
    if (profiles != null && !name.startsWith("-")) {
      Path recording = profiles.resolve(site.name() + "-" + number + ".jfr");
      options.add("-XX:StartFlightRecording=settings=profile,filename=" + recording);
    }
    if (CLASSES != null && !name.startsWith("-")) {
      options.add("-Xlog:class+load:file=" + Path.of(CLASSES, number + ".classes"));
    }
    List<String> command = new ArrayList<>();
    Map<String, String> variables = new HashMap<>(settings);
    if (checkout.launcher() != null) {
      command.add(checkout.launcher().toString());
      variables.put("ARCHIVE_HEAP", heap);
      variables.put("ARCHIVE_JAVA_OPTS", String.join(" ", options));
      variables.put("JAVA_HOME", System.getProperty("java.home"));
    } else {
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
      command.addAll(options);
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add("io.valmed.archive.cli.ArchiveMain");
    }
    command.addAll(words);
    return JavaProcess.start(
        name, site.directory().resolve(number + ".log"), collections, command, variables);
  }

  /** Waits until the service says that it is ready. */
  static void awaitReady(JavaProcess service) throws Exception {
    Moment.until(
        service.name() + " to be ready",
        LIMIT,
        5,
        () -> {
          service.check();
          Matcher port = PORT.matcher(service.output());
          return port.find() && ready(port.group(1));
        });
  }

  private static boolean ready(String port) throws InterruptedException {
    HttpRequest question =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready")).build();
    try {
      return HTTP.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }
}
