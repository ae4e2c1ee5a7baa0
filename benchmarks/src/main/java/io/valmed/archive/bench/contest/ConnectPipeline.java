package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Ground;
import io.valmed.archive.bench.ground.JavaProcess;
import io.valmed.archive.bench.ground.Moment;
import io.valmed.archive.bench.ground.Site;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Kafka Connect standalone with Debezium's source and JDBC sink. */
final class ConnectPipeline implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int PARTITIONS = 4;

  private final Site site;
  private final JavaProcess process;
  private final int port;

  private ConnectPipeline(Site site, JavaProcess process, int port) {
    this.site = site;
    this.process = process;
    this.port = port;
  }

  static ConnectPipeline start(Ground ground, Site site) throws Exception {
    try (Connection target = site.archive()) {
      TargetTables.create(target);
    }
    // A sink looks for new topics every five minutes only: they are there when it starts.
    try (Admin admin = Admin.create(site.kafka("bench"))) {
      admin
          .createTopics(
              site.topics().stream().map(t -> new NewTopic(t, PARTITIONS, (short) 1)).toList())
          .all()
          .get();
    }
    int port = freePort();
    ConnectSettings settings = new ConnectSettings(site);
    JavaProcess process =
        ground
            .peers()
            .start(
                "connect",
                "connect",
                site.directory(),
                List.of("-Xms256m", "-Xmx2g", "-XX:+UseG1GC"),
                "org.apache.kafka.connect.cli.ConnectStandalone",
                write(site, "worker", settings.worker(port)),
                write(site, "source", settings.source()),
                write(site, "target", settings.sink()));
    return new ConnectPipeline(site, process, port);
  }

  JavaProcess process() {
    return process;
  }

  void awaitRunning() throws Exception {
    Moment.until(
        "Connect to run",
        Duration.ofMinutes(2),
        100,
        () -> {
          process.check();
          return running("source") && running("target") && site.slotActive(site.name());
        });
  }

  private boolean running(String connector) throws InterruptedException {
    URI status = URI.create("http://127.0.0.1:" + port + "/connectors/" + connector + "/status");
    try {
      String body =
          HTTP.send(HttpRequest.newBuilder(status).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      return body.contains("\"tasks\":[{")
          && body.split("RUNNING", -1).length > 2
          && !body.contains("FAILED");
    } catch (IOException e) {
      return false;
    }
  }

  private static String write(Site site, String name, Properties properties) throws IOException {
    Path file = site.directory().resolve(name + ".properties");
    try (OutputStream out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
    return file.toString();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
