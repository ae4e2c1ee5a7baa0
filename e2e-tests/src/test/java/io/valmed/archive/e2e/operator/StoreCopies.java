package io.valmed.archive.e2e.operator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Copies of the servers' data directories, taken and put back while the server is stopped. */
final class StoreCopies {

  /** A server that keeps data. */
  enum Store {
    HOT,
    ARCHIVE,
    KAFKA
  }

  private final Machines machines;
  private final Map<Store, Path> copies = new EnumMap<>(Store.class);

  StoreCopies(Machines machines) {
    this.machines = machines;
  }

  boolean has(Store store) {
    return copies.containsKey(store);
  }

  /** Copies the server's data; it is stopped meanwhile. */
  void take(Store store) throws IOException {
    stop(store);
    Path copy =
        machines.directory().resolve("copy-" + store.name().toLowerCase(java.util.Locale.ROOT));
    run("rm", "-rf", copy.toString());
    run("cp", "-a", "--sparse=always", data(store).toString(), copy.toString());
    copies.put(store, copy);
    start(store);
  }

  /** The server's data are as they were when the copy was taken. */
  void putBack(Store store) throws IOException {
    stop(store);
    replace(Objects.requireNonNull(copies.get(store)), data(store));
    start(store);
  }

  /** As {@link #putBack}, of the partitions alone whose directory begins so. */
  void putBackPartitions(String prefix) throws IOException {
    stop(Store.KAFKA);
    try (Stream<Path> all = Files.list(copies.get(Store.KAFKA))) {
      for (Path partition : all.toList()) {
        if (partition.getFileName().toString().startsWith(prefix)) {
          replace(partition, data(Store.KAFKA).resolve(partition.getFileName()));
        }
      }
    }
    start(Store.KAFKA);
  }

  void forget() throws IOException {
    for (Path copy : copies.values()) {
      run("rm", "-rf", copy.toString());
    }
    copies.clear();
  }

  private static void replace(Path from, Path to) throws IOException {
    run("rm", "-rf", to.toString());
    run("cp", "-a", "--sparse=always", from.toString(), to.toString());
  }

  private Path data(Store store) {
    return switch (store) {
      case HOT -> machines.hot().dataDirectory();
      case ARCHIVE -> machines.archive().dataDirectory();
      case KAFKA -> machines.kafka().dataDirectory();
    };
  }

  private void stop(Store store) {
    switch (store) {
      case HOT -> machines.hot().stop();
      case ARCHIVE -> machines.archive().stop();
      case KAFKA -> machines.kafka().stop();
    }
  }

  private void start(Store store) {
    switch (store) {
      case HOT -> machines.hot().start();
      case ARCHIVE -> machines.archive().start();
      case KAFKA -> machines.kafka().start();
    }
  }

  private static void run(String... command) throws IOException {
    try {
      int code = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (code != 0) {
        throw new IOException(List.of(command) + " ended with " + code);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
