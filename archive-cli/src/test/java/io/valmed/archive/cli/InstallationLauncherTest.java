package io.valmed.archive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The launcher of the tarball, which builds nothing. */
final class InstallationLauncherTest extends LaunchSite {
  @Test
  void an_installation_runs_without_maven_and_a_compiler_from_where_it_was_moved()
      throws Exception {
    Path home = installation();
    Files.delete(programs.resolve("mvn"));
    Files.delete(jdk.resolve("bin/javac"));

    Launch first = finish(process(home.resolve("bin/archive"), "sink"));
    Path moved = Files.move(home, folder.resolve("moved here"));
    Launch second = finish(process(moved.resolve("bin/archive"), "sink"));

    assertThat(first.out())
        .contains("[" + home + "/lib/archive-cli.jar:" + home + "/lib/a.jar")
        .contains("[io.valmed.archive.cli.ArchiveMain] [sink]");
    assertThat(second.out())
        .contains("[" + moved + "/lib/archive-cli.jar:" + moved + "/lib/a.jar")
        .contains("[-XX:SharedArchiveFile=" + moved + "/starts-17-17.0.9.jsa]");
    assertThat(rehearsals()).isEqualTo(2);
  }

  @Test
  void an_installation_that_cannot_be_written_to_runs_as_it_is() throws Exception {
    Path home = installation();
    finish(process(home.resolve("bin/archive"), "sink"));
    Files.delete(home.resolve("starts-17-17.0.9.jsa"));
    nobodyCanWrite(home);

    Launch launch = finish(process(home.resolve("bin/archive"), "sink"));

    assertThat(launch.code()).isZero();
    assertThat(launch.out()).contains("[sink]").doesNotContain("SharedArchiveFile");
  }

  @Test
  void classes_kept_from_other_libraries_are_not_used_whatever_time_these_carry() throws Exception {
    Path home = installation();
    finish(process(home.resolve("bin/archive"), "sink"));
    Path jar = home.resolve("lib/a.jar");
    Files.writeString(jar, "of another build");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));

    finish(process(home.resolve("bin/archive"), "sink"));

    assertThat(rehearsals()).isEqualTo(2);
  }

  @Test
  void without_java_an_installation_says_what_to_install() throws Exception {
    Path home = installation();
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    // Another one of this machine would be found in its usual place.
    String launcher = Files.readString(home.resolve("bin/archive"));
    Files.writeString(
        home.resolve("bin/archive"), launcher.replaceAll("/usr/lib/jvm|/opt/j|/Library", "/no"));

    Launch launch = finish(process(home.resolve("bin/archive"), "sink"));

    assertThat(launch.code()).isEqualTo(2);
    assertThat(launch.err())
        .contains("no JRE 17 or newer was found, only: " + jdk + " (11)")
        .contains("apt-get install openjdk-17-jre-headless")
        .contains("JAVA_HOME");
  }

  /** What the tarball holds, as far as the launcher looks. */
  private Path installation() throws IOException {
    Path home = folder.resolve("archive 1");
    Files.createDirectories(home.resolve("lib"));
    Files.createDirectories(home.resolve("bin"));
    Files.copy(Path.of("..", LAUNCHER), home.resolve("bin/archive"));
    executable(home.resolve("bin/archive"));
    Files.writeString(home.resolve("lib/class-path"), "lib/a.jar:lib/b.jar");
    Files.writeString(home.resolve("lib/archive-cli.jar"), "");
    Files.writeString(home.resolve("lib/a.jar"), "");
    return home;
  }
}
