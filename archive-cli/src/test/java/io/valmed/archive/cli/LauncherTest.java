package io.valmed.archive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The launcher of a checkout, which builds first. */
final class LauncherTest extends LaunchSite {
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
  void help_is_shown_at_once_by_the_classes_that_are_there() throws Exception {
    launch("sink");
    Files.createDirectories(root.resolve("archive-cli/target/classes"));
    Path source = root.resolve("archive-cli/src/main/A.java");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    Files.delete(root.resolve("archive-cli/target/starts-17-17.0.9.jsa"));
    Files.delete(programs.resolve("mvn"));

    for (String words : List.of("--help", "-h", "sink --help", "purge pause -h", "bench --help")) {
      Launch help = launch(words.split(" "));

      assertThat(help.code()).as(words).isZero();
      assertThat(help.err()).as(words).isEmpty();
      assertThat(help.out())
          .contains("[io.valmed.archive.cli.ArchiveMain] [" + words.replace(" ", "] [") + "]");
    }
    assertThat(rehearsals()).isEqualTo(1);
  }

  @Test
  void help_in_a_new_checkout_builds_the_command_alone() throws Exception {
    Launch help = launch("bench", "--help");

    assertThat(help.err()).contains("archive: building");
    assertThat(help.out()).contains("[io.valmed.archive.cli.ArchiveMain] [bench] [--help]");
    assertThat(root.resolve("benchmarks/target/launcher.stamp")).doesNotExist();
    assertThat(builds()).isEqualTo(1);
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
}
