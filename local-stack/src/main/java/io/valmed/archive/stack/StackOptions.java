package io.valmed.archive.stack;

import io.valmed.archive.stack.kafka.KafkaListener;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What stack is wanted.
 *
 * @param directory where everything is kept; null: a temporary directory, removed at close
 * @param verbose the servers write more into their log files (nothing goes to the terminal)
 * @param ports the ports to listen on; 0 stands for a free one, remembered in a kept directory
 * @param hotSettings settings of the hot PostgreSQL beyond the stack's own, such as {@code
 *     max_slot_wal_keep_size}
 * @param kafkaListeners further listeners of the broker by name, with the ports that their clients
 *     are told to come back by
 * @param tls how the servers prove who they are; null: they speak without encryption
 */
public record StackOptions(
    @Nullable Path directory,
    boolean verbose,
    StackPorts ports,
    Map<String, String> hotSettings,
    Map<String, Integer> kafkaListeners,
    @Nullable StackTls tls) {

  private static final Set<String> NEVER_CHANGED =
      Set.of("fsync", "synchronous_commit", "full_page_writes", "listen_addresses", "port");

  public StackOptions {
    hotSettings = Map.copyOf(hotSettings);
    kafkaListeners = Map.copyOf(kafkaListeners);
    for (String name : hotSettings.keySet()) {
      if (NEVER_CHANGED.contains(name)) {
        throw new StackException(
            "The setting " + name + " belongs to the local stack; leave it out.");
      }
    }
  }

  /** A stack that is gone, data and all, when it is closed or its owner dies. */
  public static StackOptions temporary() {
    return new StackOptions(null, false, StackPorts.FREE, Map.of(), Map.of(), null);
  }

  /** A stack whose data stay in {@code directory}. */
  public static StackOptions keptIn(Path directory) {
    return new StackOptions(directory, false, StackPorts.FREE, Map.of(), Map.of(), null);
  }

  public StackOptions withVerbose(boolean value) {
    return new StackOptions(directory, value, ports, hotSettings, kafkaListeners, tls);
  }

  public StackOptions withPorts(StackPorts value) {
    return new StackOptions(directory, verbose, value, hotSettings, kafkaListeners, tls);
  }

  public StackOptions withHotSetting(String name, String value) {
    Map<String, String> settings = new TreeMap<>(hotSettings);
    settings.put(name, value);
    return new StackOptions(directory, verbose, ports, settings, kafkaListeners, tls);
  }

  /** One more listener of the broker; see {@link KafkaListener}. */
  public StackOptions withKafkaListener(String name, int advertisedPort) {
    Map<String, Integer> further = new TreeMap<>(kafkaListeners);
    further.put(name, advertisedPort);
    return new StackOptions(directory, verbose, ports, hotSettings, further, tls);
  }

  /** Servers that speak TLS alone. */
  public StackOptions withTls(StackTls value) {
    return new StackOptions(directory, verbose, ports, hotSettings, kafkaListeners, value);
  }
}
