package io.valmed.archive.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A checkout of its own, with a JDK and a Maven that only tell they were called. */
abstract class LaunchSite {
  static final String LAUNCHER = "archive-cli/src/main/distribution/bin/archive";

  /** A JVM that keeps the classes of a rehearsal. */
  static final String KEEPS =
      """
      for option; do case $option in -XX:ArchiveClassesAtExit=*)
        echo rehearsed >> rehearsals
        echo kept > "${option#*=}"
        exit 0 ;;
      esac; done
      """;

  @TempDir Path folder;

  Path root = Path.of("");
  Path programs = Path.of("");
  Path jdk = Path.of("");

  /** What a launch left behind. */
  record Launch(int code, String out, String err) {}

  @BeforeEach
  void checkout() throws IOException {
    root = Files.createDirectories(folder.resolve("check out"));
    programs = Files.createDirectories(folder.resolve("bin"));
    jdk = folder.resolve("jdk");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"17.0.9\"\n");
    script(jdk.resolve("bin/java"), KEEPS + "printf 'ran:'; printf ' [%s]' \"$@\"; echo");
    script(jdk.resolve("bin/javac"), "exit 0");
    script(
        programs.resolve("mvn"),
        """
        echo built >> builds
        sleep 0.5
        mkdir -p archive-cli/target/lib benchmarks/target/lib
        echo lib/a.jar:lib/b.jar > archive-cli/target/lib/class-path
        echo lib/c.jar > benchmarks/target/lib/class-path
        """);
    // Only what the launcher needs is on its PATH: not this machine's own Maven and Java.
    for (String tool :
        List.of(
            "bash",
            "env",
            "dirname",
            "readlink",
            "grep",
            "find",
            "mkdir",
            "id",
            "flock",
            "tail",
            "mv",
            "sleep",
            "cat",
            "rm",
            "cp",
            "cksum",
            "ln")) {
      for (String place : List.of("/usr/bin", "/bin")) {
        Path program = Path.of(place, tool);
        if (Files.isExecutable(program) && !Files.exists(programs.resolve(tool))) {
          Files.createSymbolicLink(programs.resolve(tool), program);
        }
      }
    }
    Files.copy(Path.of("..", "archive"), root.resolve("archive"));
    executable(root.resolve("archive"));
    Files.createDirectories(root.resolve(LAUNCHER).getParent());
    Files.copy(Path.of("..", LAUNCHER), root.resolve(LAUNCHER));
    Files.createDirectories(root.resolve("archive-cli/src/main"));
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    Files.writeString(root.resolve("archive-cli/pom.xml"), "<project/>");
    Files.writeString(root.resolve("archive-cli/src/main/A.java"), "class A {}");
  }

  /** Rights do not keep root from writing, a folder where a file is to be does. */
  static void nobodyCanWrite(Path target) throws IOException {
    Files.delete(target.resolve("rehearsal.lock"));
    Files.createDirectory(target.resolve("rehearsal.lock"));
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
  }

  long builds() throws IOException {
    return lines(root.resolve("builds"));
  }

  long rehearsals() throws IOException {
    return lines(folder.resolve("rehearsals"));
  }

  private static long lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file).size() : 0;
  }

  Launch launch(String... arguments) throws Exception {
    return finish(process(root.resolve("archive"), arguments));
  }

  ProcessBuilder process(Path launcher, String... arguments) {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("PATH", programs.toString());
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().remove("ARCHIVE_JAVA_OPTS");
    return builder;
  }

  static Launch finish(ProcessBuilder builder) throws Exception {
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Launch(process.waitFor(), out, err);
  }

  static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + text + "\n");
    executable(file);
  }

  static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
