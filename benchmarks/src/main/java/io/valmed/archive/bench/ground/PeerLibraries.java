package io.valmed.archive.bench.ground;

import io.valmed.archive.runtime.StopException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The libraries of peers, in versions of their own: each is a Maven project apart from the product,
 * resolved when it is first measured.
 */
public final class PeerLibraries {
  /** The peer that needs no libraries but the product's. */
  public static final String NONE = "";

  private static final String PLUGIN =
      "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies";

  private final Checkout checkout;

  PeerLibraries(Checkout checkout) {
    this.checkout = checkout;
  }

  /**
   * Starts a peer's main class, with this module's classes in front of its libraries.
   *
   * @param peer the project's folder under {@code benchmarks/peers}, or {@link #NONE}
   * @param name what the process is called in results
   */
  public JavaProcess start(
      String peer,
      String name,
      Path directory,
      List<String> options,
      String main,
      String... arguments)
      throws Exception {
    String classPath =
        peer.equals(NONE)
            ? System.getProperty("java.class.path")
            : checkout.target().resolve("classes")
                + File.pathSeparator
                + resolved(peer).resolve("*");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-Xlog:gc:file=" + directory.resolve(name + ".gc"));
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(List.of(arguments));
    return JavaProcess.start(
        name, directory.resolve(name + ".log"), directory.resolve(name + ".gc"), command, Map.of());
  }

  private Path resolved(String peer) throws Exception {
    Path project = checkout.peers().resolve(peer).resolve("pom.xml");
    Path folder = checkout.target().resolve("peers").resolve(peer);
    Path stamp = folder.resolve("resolved.xml");
    if (Files.exists(stamp) && Files.mismatch(stamp, project) == -1) {
      return folder;
    }
    if (Files.isDirectory(folder)) {
      try (var old = Files.list(folder)) {
        for (Path file : old.toList()) {
          Files.delete(file);
        }
      }
    }
    Files.createDirectories(folder);
    copyLibraries(project, folder);
    Files.copy(project, stamp);
    return folder;
  }

  private static void copyLibraries(Path project, Path folder)
      throws IOException, InterruptedException {
    Path log = folder.resolveSibling(folder.getFileName() + ".log");
    Process maven =
        new ProcessBuilder(
                "mvn",
                "-q",
                "-B",
                "-ntp",
                "-f",
                project.toString(),
                PLUGIN,
                "-DincludeScope=runtime",
                "-DoutputDirectory=" + folder)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(new File("/dev/null"))
            .start();
    if (maven.waitFor() != 0) {
      throw new StopException(
          "The libraries of " + project + " could not be resolved; Maven's words are in " + log);
    }
  }
}
