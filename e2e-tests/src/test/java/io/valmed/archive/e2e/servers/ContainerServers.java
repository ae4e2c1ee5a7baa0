package io.valmed.archive.e2e.servers;

import io.valmed.archive.stack.StackOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.testcontainers.lifecycle.Startables;

/** Official images on this machine's Docker engine. */
record ContainerServers(
    Path directory, ContainerPostgres hot, ContainerPostgres archive, ContainerBroker kafka)
    implements Servers {

  static ContainerServers start(StackOptions options) {
    EnginePorts ports = new EnginePorts();
    try {
      Path directory = Files.createTempDirectory("archive-containers-");
      ContainerServers servers =
          new ContainerServers(
              directory,
              ContainerPostgres.of(
                  directory.resolve("hot"), ports.next(), hotSettings(options.hotSettings())),
              ContainerPostgres.of(directory.resolve("archive"), ports.next(), Map.of()),
              ContainerBroker.of(ports, options.kafkaListeners()));
      servers.startAll();
      return servers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> hotSettings(Map<String, String> asked) {
    Map<String, String> settings = new TreeMap<>(asked);
    settings.putIfAbsent("wal_level", "logical");
    return settings;
  }

  private void startAll() {
    try {
      Startables.deepStart(hot.container(), archive.container(), kafka.container()).join();
      hot.awaitAnswer();
      archive.awaitAnswer();
      kafka.awaitAnswer();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public boolean onThisMachinesDisk() {
    return false;
  }

  @Override
  public void close() {
    kafka.container().stop();
    archive.container().stop();
    hot.container().stop();
    try {
      Files.deleteIfExists(hot.passwordFile());
      Files.deleteIfExists(archive.passwordFile());
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
