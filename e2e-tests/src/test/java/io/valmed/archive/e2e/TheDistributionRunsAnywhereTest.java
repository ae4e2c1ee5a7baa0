package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The tarball that 'mvn package' has made, unpacked into an empty folder. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TheDistributionRunsAnywhereTest {
  private static final Path TARGET = Path.of("..", "archive-cli", "target");

  private Path folder = Path.of("");
  private Path home = Path.of("");

  /** What a verb answered. */
  private record Answer(int code, String out, String err) {}

  @BeforeAll
  void unpack() throws Exception {
    Path tarball = tarball();
    assumeTrue(onPath("tar") && onPath("bash"), "tar and bash are needed");
    folder = Files.createTempDirectory("archive-distribution-");
    everyoneReads(folder);
    Answer unpacked = run(List.of("tar", "-xzf", tarball.toString(), "-C", folder.toString()));
    assertThat(unpacked.code()).as(unpacked.err()).isZero();
    try (Stream<Path> unpackedFolders = Files.list(folder)) {
      home = unpackedFolders.findFirst().orElseThrow();
    }
    // No quick starts are prepared: not even root can, where a folder is in the lock's place.
    Files.createDirectory(home.resolve("rehearsal.lock"));
  }

  @AfterAll
  void remove() throws Exception {
    if (!folder.toString().isEmpty()) {
      run(List.of("rm", "-rf", folder.toString()));
    }
  }

  /** 'mvn test' makes none, and one of an older launcher says nothing of this one. */
  private static Path tarball() throws IOException {
    Path launcher = Path.of("..", "archive-cli", "src", "main", "distribution", "bin", "archive");
    if (Files.isDirectory(TARGET)) {
      try (Stream<Path> files = Files.list(TARGET)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".tar.gz")).toList()) {
          if (Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(launcher)) > 0) {
            return file.toAbsolutePath();
          }
        }
      }
    }
    assumeTrue(false, "there is no tarball; 'mvn package' makes it");
    throw new IllegalStateException();
  }

  @Test
  void every_library_of_the_class_path_is_there_and_no_other() throws IOException {
    List<String> named = new ArrayList<>(List.of("lib/archive-cli.jar"));
    named.addAll(
        Arrays.asList(Files.readString(home.resolve("lib/class-path")).strip().split(":")));

    try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
      assertThat(
              jars.map(jar -> "lib/" + jar.getFileName())
                  .filter(jar -> jar.endsWith(".jar"))
                  .toList())
          .containsExactlyInAnyOrderElementsOf(named);
    }
  }

  @Test
  void verbs_run_without_maven_a_checkout_or_an_environment() throws Exception {
    Answer version = archive(List.of(), "version", "--json");
    Answer doctor = archive(List.of(), "doctor");
    Answer bench = archive(List.of(), "bench");

    assertThat(version.code()).as(version.err()).isZero();
    assertThat(version.out())
        .matches(
            "\\{\"version\":\"[0-9][^\"]+\",\"commit\":\"[^\"]+\",\"java\":\"[0-9][^\"]+\".*\"schema_hot\":\"\\d{3}\",\"schema_archive\":\"\\d{3}\"}\\s*");
    assertThat(doctor.code()).isEqualTo(2);
    assertThat(doctor.err()).contains("archive.yaml: there is no such file");
    assertThat(bench.err()).contains("cannot run in an installation");
  }

  @Test
  void another_user_runs_it_from_a_folder_that_this_one_cannot_write_to() throws Exception {
    assumeTrue(Files.isWritable(Path.of("/")) && onPath("setpriv"), "root and setpriv are needed");
    List<String> nobody =
        List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--");

    Answer migrate = archive(nobody, "migrate", "hot", "status", "--config", "none.yaml");
    Answer version = archive(nobody, "version");

    assertThat(migrate.code()).isEqualTo(2);
    assertThat(migrate.err()).contains("none.yaml: there is no such file").doesNotContain("ermiss");
    assertThat(version.code()).as(version.err()).isZero();
  }

  @Test
  void man_page_and_completion_know_every_verb() throws Exception {
    String help = archive(List.of(), "--help").out();
    String man = Files.readString(home.resolve("share/man/man1/archive.1"));
    String bash = Files.readString(home.resolve("share/bash-completion/completions/archive"));
    String zsh = Files.readString(home.resolve("share/zsh/site-functions/_archive"));

    List<String> verbs =
        help.lines()
            .dropWhile(line -> !line.startsWith("Commands:"))
            .skip(1)
            .takeWhile(line -> !line.isBlank() && !line.startsWith("Exit"))
            .filter(line -> line.matches("  \\w.*"))
            .map(line -> line.strip().split("\\s")[0])
            .toList();
    assertThat(verbs).contains("capture", "verify", "version");
    for (String verb : verbs) {
      assertThat(man).contains(".SS \"archive " + verb + "\"");
      assertThat(bash).contains("_picocli_archive_" + verb + "()");
    }
    assertThat(zsh).startsWith("#compdef archive\n").contains(bash);
    Answer parsed =
        run(
            List.of(
                "bash",
                "-n",
                home.resolve("share/bash-completion/completions/archive").toString()));
    assertThat(parsed.code()).as(parsed.err()).isZero();
  }

  @Test
  void units_name_what_the_distribution_holds_and_do_not_restart_what_waits_for_a_person()
      throws Exception {
    for (String service : List.of("capture", "sink", "purge")) {
      String unit =
          Files.readString(home.resolve("systemd/valmed-archive-" + service + ".service"));

      assertThat(unit)
          .contains("ExecStart=/opt/valmed-archive/bin/archive " + service + " --config ")
          .contains("RestartPreventExitStatus=2 4");
    }
    assertThat(Files.isExecutable(home.resolve("bin/archive"))).isTrue();
    assertThat(Files.readString(home.resolve("etc/archive.example.yaml"))).contains("policy:");
  }

  /** Says nothing of units that it understands; systemd itself does not run in a test. */
  @Test
  void systemd_understands_every_line_of_the_units() throws Exception {
    assumeTrue(onPath("systemd-analyze"), "systemd is not installed");
    for (String service : List.of("capture", "sink", "purge")) {
      String unit = "valmed-archive-" + service + ".service";
      String text = Files.readString(home.resolve("systemd").resolve(unit));
      Path installed =
          Files.writeString(
              Files.createDirectories(folder.resolve("units")).resolve(unit),
              text.replace("/opt/valmed-archive", home.toString()));
      Path broken =
          Files.writeString(
              Files.createDirectories(folder.resolve("broken")).resolve(unit),
              text.replace("/opt/valmed-archive", home.toString())
                  .replace("RestartSec=", "RestartSecs="));

      assertThat(verified(broken)).contains("RestartSecs");
      assertThat(verified(installed)).isEmpty();
    }
  }

  private String verified(Path unit) throws Exception {
    Answer answer = run(List.of("systemd-analyze", "verify", "--man=no", unit.toString()));
    return answer.out() + answer.err() + (answer.code() == 0 ? "" : "exit " + answer.code());
  }

  private Answer archive(List<String> before, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(before);
    command.add(home.resolve("bin/archive").toString());
    command.addAll(List.of(arguments));
    return run(command);
  }

  /** In a folder that holds nothing else; without HOME, and with the tools of the system alone. */
  private Answer run(List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    File err = File.createTempFile("archive-", ".err");
    Process process = builder.redirectError(err).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    String said = Files.readString(err.toPath());
    Files.delete(err.toPath());
    return new Answer(code, out, said);
  }

  private static boolean onPath(String program) {
    return Stream.of("/usr/bin/", "/bin/").anyMatch(f -> new File(f + program).canExecute());
  }

  private static void everyoneReads(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
