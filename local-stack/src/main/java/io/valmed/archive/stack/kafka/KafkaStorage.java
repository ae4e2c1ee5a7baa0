package io.valmed.archive.stack.kafka;

import io.valmed.archive.stack.StackException;
import io.valmed.archive.stack.StackTls;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A broker's directory: its data and what its process is launched with.
 *
 * @param home the broker's directory
 * @param clusterId the cluster id that this stack's state names
 * @param tls with which it proves who it is, and its users; null: it speaks without encryption
 * @param verbose log at INFO instead of WARN
 */
public record KafkaStorage(Path home, String clusterId, @Nullable StackTls tls, boolean verbose) {

  private static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

  public Path data() {
    return home.resolve("data");
  }

  public Path argumentFile() {
    return home.resolve("java.args");
  }

  public Path readyFile() {
    return home.resolve("ready");
  }

  /** Writes the configuration anew; refuses the data of another cluster. */
  public void prepare(int port, int controllerPort, List<KafkaListener> further) {
    refuseOtherCluster();
    Path configuration = home.resolve("server.properties");
    try (OutputStream out = Files.newOutputStream(configuration)) {
      properties(port, controllerPort, further).store(out, null);
      Files.write(argumentFile(), launchArguments(configuration));
    } catch (IOException e) {
      throw new StackException(
          "The broker's files in "
              + home
              + " cannot be written ("
              + e.getMessage()
              + "); make room or give write access.",
          e);
    }
  }

  private void refuseOtherCluster() {
    Path file = data().resolve("meta.properties");
    if (!Files.exists(file)) {
      return;
    }
    Properties there = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      there.load(in);
    } catch (IOException e) {
      throw new StackException(file + " cannot be read; give read access.", e);
    }
    String found = there.getProperty("cluster.id", "none");
    if (!found.equals(clusterId)) {
      throw new StackException(
          "The Kafka data in "
              + data()
              + " are of cluster "
              + found
              + " and this stack's is "
              + clusterId
              + "; put the right data back, or choose another directory.");
    }
  }

  private Properties properties(int port, int controllerPort, List<KafkaListener> further)
      throws IOException {
    Properties it = listeners(port, controllerPort, further);
    if (tls != null) {
      it.putAll(tls.kafkaSettings(home));
    }
    it.setProperty("process.roles", "broker,controller");
    it.setProperty("node.id", "1");
    it.setProperty("log.dirs", data().toString());
    it.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    it.setProperty("auto.create.topics.enable", "false");
    it.setProperty("default.replication.factor", "1");
    it.setProperty("min.insync.replicas", "1");
    it.setProperty("offsets.topic.replication.factor", "1");
    it.setProperty("offsets.topic.num.partitions", "3");
    it.setProperty("transaction.state.log.replication.factor", "1");
    it.setProperty("transaction.state.log.min.isr", "1");
    it.setProperty("transaction.state.log.num.partitions", "3");
    it.setProperty("share.coordinator.state.topic.replication.factor", "1");
    it.setProperty("share.coordinator.state.topic.min.isr", "1");
    it.setProperty("group.initial.rebalance.delay.ms", "0");
    // A killed broker may register again only when its old session has run out (9 s by default).
    it.setProperty("broker.session.timeout.ms", "3000");
    it.setProperty("broker.heartbeat.interval.ms", "500");
    it.setProperty("message.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
    it.setProperty("replica.fetch.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
    it.setProperty("replica.fetch.response.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
    it.setProperty("socket.request.max.bytes", Integer.toString(2 * MAX_MESSAGE_BYTES));
    it.setProperty("log.cleaner.enable", "true");
    it.setProperty("log.cleaner.backoff.ms", "1000");
    it.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(16 * 1024 * 1024));
    it.setProperty("log.retention.ms", "-1");
    it.setProperty("num.network.threads", "2");
    it.setProperty("num.io.threads", "4");
    return it;
  }

  private Properties listeners(int port, int controllerPort, List<KafkaListener> further) {
    String protocol = tls == null ? "PLAINTEXT" : "SASL_SSL";
    StringBuilder bound =
        new StringBuilder(
            "CLIENT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    StringBuilder advertised = new StringBuilder("CLIENT://127.0.0.1:" + port);
    StringBuilder protocols = new StringBuilder("CONTROLLER:PLAINTEXT,CLIENT:" + protocol);
    for (KafkaListener listener : further) {
      bound.append(',').append(listener.bound());
      advertised.append(',').append(listener.advertised());
      protocols.append(',').append(listener.name()).append(':').append(protocol);
    }
    Properties it = new Properties();
    it.setProperty("controller.listener.names", "CONTROLLER");
    it.setProperty("inter.broker.listener.name", "CLIENT");
    it.setProperty("listeners", bound.toString());
    it.setProperty("advertised.listeners", advertised.toString());
    it.setProperty("listener.security.protocol.map", protocols.toString());
    return it;
  }

  private List<String> launchArguments(Path configuration) throws IOException {
    String level = verbose ? "kafka-logback-verbose.xml" : "kafka-logback.xml";
    List<String> arguments = new ArrayList<>();
    Collections.addAll(
        arguments,
        "-Xmx384m",
        "-XX:+UseSerialGC",
        // Measured on 2 cores: a third less CPU to start, and less still for the next 1.6M records.
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        "-Dlogback.configurationFile=io/valmed/archive/stack/" + level,
        "-cp",
        quoted(absoluteClassPath()),
        KafkaMain.class.getName(),
        quoted(configuration.toString()),
        clusterId,
        quoted(readyFile().toString()));
    if (tls != null) {
      arguments.add(quoted(tls.writeUsers(home).toString()));
    }
    return arguments;
  }

  /** This JVM's class path, good from any working directory. */
  private static String absoluteClassPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String quoted(String argument) {
    return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
