package io.valmed.archive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a checkout of its own, with a JDK and a Maven that only tell they were called.
 */
final class LauncherTest {
  /** A JVM that keeps the classes of a rehearsal. */
  private static final String KEEPS =
      """
      for option; do case $option in -XX:ArchiveClassesAtExit=*)
        echo rehearsed >> rehearsals
        echo kept > "${option#*=}"
        exit 0 ;;
      esac; done
      """;

  @TempDir Path folder;

  private Path root = Path.of("");
  private Path programs = Path.of("");
  private Path jdk = Path.of("");

  /** What a launch left behind. */
  private record Launch(int code, String out, String err) {}

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
    Files.createDirectories(root.resolve("archive-cli/src/main"));
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    Files.writeString(root.resolve("archive-cli/pom.xml"), "<project/>");
    Files.writeString(root.resolve("archive-cli/src/main/A.java"), "class A {}");
  }

  @Test
  void builds_once_and_then_only_when_a_source_is_newer() throws Exception {
    assertThat(launch("sink", "--config", "a b.yaml").out())
        .contains("[io.valmed.archive.cli.ArchiveMain] [sink] [--config] [a b.yaml]")
        .contains(root + "/archive-cli/target/lib/b.jar");
    launch("--version");
    assertThat(builds()).isEqualTo(1);

    Path source = root.resolve("archive-cli/src/main/A.java");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    launch("--version");

    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void the_measurements_are_a_module_of_their_own_and_build_the_command_with_them()
      throws Exception {
    assertThat(launch("bench", "sink").err()).contains("archive: building");
    Files.createDirectories(root.resolve("benchmarks"));
    Files.writeString(root.resolve("benchmarks/pom.xml"), "<project/>");

    Launch launch = launch("bench", "sink");

    assertThat(launch.out())
        .contains("[io.valmed.archive.bench.BenchMain] [sink]")
        .contains(root + "/benchmarks/target/lib/c.jar")
        .contains("[-Darchive.root=" + root + "]");
    launch("capture");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void two_launches_at_once_build_once() throws Exception {
    List<Process> both = new ArrayList<>();
    both.add(process(root.resolve("archive"), "--version").start());
    both.add(process(root.resolve("archive"), "--version").start());
    for (Process one : both) {
      assertThat(one.waitFor()).isZero();
    }

    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void works_through_a_symbolic_link_from_elsewhere() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("va"), root.resolve("archive"));

    Launch launch = finish(process(link, "doctor"));

    assertThat(launch.code()).isZero();
    assertThat(launch.out()).contains("[doctor]");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void a_failed_build_shows_its_last_lines_and_is_tried_again() throws Exception {
    script(programs.resolve("mvn"), "echo '[ERROR] no such thing'; exit 1");

    Launch launch = launch("demo");

    assertThat(launch.code()).isEqualTo(70);
    assertThat(launch.err()).contains("[ERROR] no such thing").contains(".archive/build.log");
    assertThat(launch("demo").code()).isEqualTo(70);
  }

  @Test
  void without_maven_it_says_what_to_install() throws Exception {
    Files.delete(programs.resolve("mvn"));

    Launch launch = launch("demo");

    assertThat(launch.code()).isEqualTo(2);
    assertThat(launch.err()).contains("Maven (mvn) is not on the PATH").contains("apt-get install");
  }

  @Test
  void an_old_java_home_is_passed_over() throws Exception {
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    Path newer = folder.resolve("newer");
    Files.createDirectories(newer.resolve("bin"));
    Files.writeString(newer.resolve("release"), "JAVA_VERSION=\"25\"\n");
    script(newer.resolve("bin/java"), "echo newer");
    script(newer.resolve("bin/javac"), "exit 0");
    Files.createSymbolicLink(programs.resolve("java"), newer.resolve("bin/java"));

    assertThat(launch("--version").out()).isEqualTo("newer\n");
  }

  @Test
  void classes_are_kept_once_for_each_build_and_jdk_and_used_by_what_runs() throws Exception {
    assertThat(launch("--version").out()).doesNotContain("SharedArchiveFile");
    assertThat(launch("capture").out())
        .contains("[-XX:SharedArchiveFile=" + root + "/archive-cli/target/starts-17-17.0.9.jsa]");
    assertThat(rehearsals()).isEqualTo(1);

    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"17.0.10\"\n");

    assertThat(launch("sink").out()).contains("starts-17-17.0.10.jsa]");
    assertThat(launch("sink").err()).isEmpty();
    assertThat(rehearsals()).isEqualTo(2);
  }

  @Test
  void damaged_classes_are_never_given_to_the_jvm() throws Exception {
    launch("capture");
    Path kept = root.resolve("archive-cli/target/starts-17-17.0.9.jsa");
    Files.writeString(kept, "kep");

    assertThat(launch("capture").out()).contains("SharedArchiveFile");
    assertThat(Files.readString(kept)).isEqualTo("kept\n");
    assertThat(rehearsals()).isEqualTo(2);

    Files.writeString(kept, "kep");
    nobodyCanWrite(root.resolve("archive-cli/target"));
    Launch launch = launch("capture");

    assertThat(launch.code()).isZero();
    assertThat(launch.out()).contains("[capture]").doesNotContain("SharedArchiveFile");
  }

  @Test
  void a_failing_rehearsal_only_leaves_starts_as_slow_as_they_are() throws Exception {
    String failing = KEEPS.replace("exit 0", "exit 1");
    script(jdk.resolve("bin/java"), failing + "printf 'ran:'; printf ' [%s]' \"$@\"; echo");

    Launch first = launch("purge");
    Launch second = launch("purge");

    assertThat(first.code()).isZero();
    assertThat(first.out()).contains("[purge]").doesNotContain("SharedArchiveFile");
    assertThat(second).isEqualTo(new Launch(0, first.out(), ""));
    assertThat(rehearsals()).isEqualTo(1);
  }

  @Test
  void an_installation_that_cannot_be_written_to_runs_as_it_is() throws Exception {
    launch("--version");
    Files.delete(root.resolve("pom.xml"));
    Files.delete(root.resolve("archive-cli/target/starts-17-17.0.9.jsa"));
    nobodyCanWrite(root.resolve("archive-cli/target"));

    Launch launch = launch("sink");

    assertThat(launch.code()).isZero();
    assertThat(launch.out()).contains("[sink]").doesNotContain("SharedArchiveFile");
  }

  /** Rights do not keep root from writing, a folder where a file is to be does. */
  private static void nobodyCanWrite(Path target) throws IOException {
    Files.delete(target.resolve("rehearsal.lock"));
    Files.createDirectory(target.resolve("rehearsal.lock"));
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
  }

  private long builds() throws IOException {
    return lines(root.resolve("builds"));
  }

  private long rehearsals() throws IOException {
    return lines(folder.resolve("rehearsals"));
  }

  private static long lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file).size() : 0;
  }

  private Launch launch(String... arguments) throws Exception {
    return finish(process(root.resolve("archive"), arguments));
  }

  private ProcessBuilder process(Path launcher, String... arguments) {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("PATH", programs.toString());
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().remove("ARCHIVE_JAVA_OPTS");
    return builder;
  }

  private static Launch finish(ProcessBuilder builder) throws Exception {
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Launch(process.waitFor(), out, err);
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + text + "\n");
    executable(file);
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
