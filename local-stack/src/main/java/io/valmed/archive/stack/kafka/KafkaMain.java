package io.valmed.archive.stack.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * The broker's process: formats the storage at the first start, serves until SIGTERM.
 *
 * <p>Arguments: the properties file, the cluster id, the file to make when the broker is ready, and
 * perhaps the file with the users that a new storage is given.
 */
public final class KafkaMain {

  private KafkaMain() {}

  public static void main(String[] arguments) {
    try {
      List<String> users =
          arguments.length > 3 ? Files.readAllLines(Path.of(arguments[3])) : List.of();
      serve(Path.of(arguments[0]), arguments[1], Path.of(arguments[2]), users);
    } catch (Throwable failure) {
      new PrintStream(System.err, true, StandardCharsets.UTF_8).println("ERROR " + failure);
      failure.printStackTrace(System.err);
      Runtime.getRuntime().halt(1);
    }
  }

  private static void serve(Path propertiesFile, String clusterId, Path ready, List<String> users)
      throws Exception {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(propertiesFile)) {
      properties.load(in);
    }
    format(properties, clusterId, users);
    KafkaRaftServer server =
        new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "stop-broker"));
    server.startup();
    tellReady(ready);
    server.awaitShutdown();
  }

  private static void format(Properties properties, String clusterId, List<String> users)
      throws Exception {
    new Formatter()
        .setClusterId(clusterId)
        .setNodeId(Integer.parseInt(properties.getProperty("node.id")))
        .addDirectory(properties.getProperty("log.dirs"))
        .setMetadataLogDirectory(properties.getProperty("log.dirs"))
        .setControllerListenerName(properties.getProperty("controller.listener.names"))
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setIgnoreFormatted(true)
        .setScramArguments(users)
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .run();
  }

  private static void tellReady(Path ready) throws IOException {
    Files.writeString(ready, ProcessHandle.current().pid() + "\n");
  }
}
