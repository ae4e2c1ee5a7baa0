package io.valmed.archive.e2e.servers;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.testcontainers.kafka.KafkaContainer;

/** A broker in a container, set as the local stack sets its own. */
record ContainerBroker(
    KafkaContainer container, InetSocketAddress address, Map<String, InetSocketAddress> further)
    implements Broker {
  private static final String IMAGE = "apache/kafka:4.3.1";
  private static final int CONTROLLER_PORT = 9093;
  private static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
  private static final Duration START_LIMIT = Duration.ofMinutes(5);

  // Whoever sets one thing of this image sets all: its own defaults are gone then.
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("KAFKA_NODE_ID", "1"),
          Map.entry("KAFKA_PROCESS_ROLES", "broker,controller"),
          Map.entry("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:" + CONTROLLER_PORT),
          Map.entry("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER"),
          Map.entry("KAFKA_INTER_BROKER_LISTENER_NAME", "CLIENT"),
          Map.entry("KAFKA_LOG_DIRS", "/var/lib/kafka/data"),
          Map.entry("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false"),
          Map.entry("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1"),
          Map.entry("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "3"),
          Map.entry("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1"),
          Map.entry("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1"),
          Map.entry("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "3"),
          Map.entry("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1"),
          Map.entry("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1"),
          Map.entry("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0"),
          // A killed broker may register again only when its old session has run out.
          Map.entry("KAFKA_BROKER_SESSION_TIMEOUT_MS", "3000"),
          Map.entry("KAFKA_BROKER_HEARTBEAT_INTERVAL_MS", "500"),
          Map.entry("KAFKA_MESSAGE_MAX_BYTES", Integer.toString(MAX_MESSAGE_BYTES)),
          Map.entry("KAFKA_REPLICA_FETCH_MAX_BYTES", Integer.toString(MAX_MESSAGE_BYTES)),
          Map.entry("KAFKA_SOCKET_REQUEST_MAX_BYTES", Integer.toString(2 * MAX_MESSAGE_BYTES)),
          Map.entry("KAFKA_LOG_CLEANER_BACKOFF_MS", "1000"),
          Map.entry("KAFKA_LOG_CLEANER_DEDUPE_BUFFER_SIZE", Integer.toString(16 * 1024 * 1024)),
          Map.entry("KAFKA_LOG_RETENTION_MS", "-1"),
          Map.entry("KAFKA_HEAP_OPTS", "-Xms256m -Xmx384m"));

  /**
   * One that is not started yet. Each port of the container is published under the same number, so
   * that an advertised address is good inside and outside, before and after a restart.
   *
   * @param listeners further listeners with the ports that their clients are told to come back by
   */
  static ContainerBroker of(EnginePorts ports, Map<String, Integer> listeners) {
    InetSocketAddress address = ports.next();
    Map<String, InetSocketAddress> further = new TreeMap<>();
    listeners.keySet().forEach(name -> further.put(name, ports.next()));
    KafkaContainer container = new KnownAddress();
    container.withEnv(SETTINGS);
    container.withEnv(listenerSettings(address, further, listeners));
    container.withCommand();
    List<String> published = new ArrayList<>(List.of(published(address)));
    further.values().forEach(one -> published.add(published(one)));
    container.setPortBindings(published);
    container.setExposedPorts(List.of(address.getPort()));
    return new ContainerBroker(container, address, further);
  }

  private static String published(InetSocketAddress address) {
    return EnginePorts.published(address, address.getPort());
  }

  private static Map<String, String> listenerSettings(
      InetSocketAddress address,
      Map<String, InetSocketAddress> further,
      Map<String, Integer> advertisedPorts) {
    StringBuilder bound = new StringBuilder("CLIENT://:" + address.getPort());
    StringBuilder advertised = new StringBuilder("CLIENT://" + text(address));
    StringBuilder protocols = new StringBuilder("CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    further.forEach(
        (name, at) -> {
          bound.append(",%s://:%d".formatted(name, at.getPort()));
          advertised.append(",%s://127.0.0.1:%d".formatted(name, advertisedPorts.get(name)));
          protocols.append(",%s:PLAINTEXT".formatted(name));
        });
    bound.append(",CONTROLLER://localhost:" + CONTROLLER_PORT);
    return Map.of(
        "KAFKA_LISTENERS", bound.toString(),
        "KAFKA_ADVERTISED_LISTENERS", advertised.toString(),
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", protocols.toString());
  }

  /** Runs the image's own command: there is no address left to be told while it starts. */
  private static final class KnownAddress extends KafkaContainer {
    KnownAddress() {
      super(IMAGE);
    }

    @Override
    protected void containerIsStarting(InspectContainerResponse container) {}
  }

  void awaitAnswer() {
    await("Kafka at " + address)
        .atMost(START_LIMIT)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(
            () -> {
              try (Admin admin =
                  Admin.create(
                      Map.of(
                          "bootstrap.servers", text(address),
                          "default.api.timeout.ms", "10000",
                          "request.timeout.ms", "5000"))) {
                return !admin.describeCluster().nodes().get().isEmpty();
              }
            });
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  @Override
  public InetSocketAddress address(String listener) {
    InetSocketAddress found = further.get(listener);
    if (found == null) {
      throw new IllegalArgumentException("The broker has no listener " + listener);
    }
    return found;
  }

  @Override
  public void freeze() {
    new ContainerDeeds(container).pause();
  }

  @Override
  public void thaw() {
    new ContainerDeeds(container).unpause();
  }

  @Override
  public void kill() {
    new ContainerDeeds(container).end("KILL");
  }

  @Override
  public void start() {
    new ContainerDeeds(container).start();
    awaitAnswer();
  }
}
