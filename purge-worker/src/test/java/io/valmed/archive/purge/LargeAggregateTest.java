package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.runtime.LoopState;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root with 100,000 children, purged by a process with 128 MB of heap. */
class LargeAggregateTest {
  private static final int CHILDREN = 100_000;

  @TempDir private Path directory;
  private PurgeScene scene;

  @BeforeEach
  void oneLargeAggregateAmongSmallOnes() throws Exception {
    scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.hot.run(
        "INSERT INTO medication_administrations SELECT gen_random_uuid(), '%s' FROM generate_series(1, %d)"
            .formatted(Valmed.order(5), CHILDREN));
    scene.mirrored();
  }

  @Test
  void beyond_the_limit_it_is_refused_at_once_and_stays_whole() throws Exception {
    assertThat(purgeInLittleMemory(1000)).contains("TOO_LARGE=1");

    assertThat(scene.hot.list("SELECT id FROM medication_orders")).containsExactly(Valmed.order(5));
    assertThat(scene.hot.count("medication_administrations")).isEqualTo(CHILDREN + 3);
  }

  @Test
  void within_the_limit_it_is_purged_whole() throws Exception {
    assertThat(purgeInLittleMemory(CHILDREN + 4)).doesNotContain("TOO_LARGE");

    assertThat(scene.hot.count("medication_orders")).isZero();
    assertThat(scene.hot.count("medication_administrations")).isZero();
    assertThat(scene.archive.list("SELECT max(rows) >= 100000 FROM arc.purge_page"))
        .containsExactly("t");
  }

  private String purgeInLittleMemory(int limit) throws Exception {
    Settings settings = scene.settings().make();
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                LargeAggregateTest.class.getName(),
                scene.name(),
                settings.hot().purger().url(),
                settings.archive().purger().url(),
                Objects.requireNonNull(settings.hot().purger().passwordFile()).toString(),
                Integer.toString(limit))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String told = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(told).isZero();
    return told;
  }

  /** The process: name, hot, archive, password file, limit. */
  public static void main(String[] arguments) throws Exception {
    List<String> all = List.of(arguments);
    Path password = Path.of(all.get(3));
    SceneSettings settings =
        new SceneSettings(
            new DatabaseLogin(all.get(1), all.get(0), password),
            new DatabaseLogin(all.get(2), all.get(0), password),
            Valmed.POLICY,
            all.get(0));
    settings.aggregateRows(Integer.parseInt(all.get(4)));
    try (PurgeService service = PurgeService.start(settings.make(), new PurgeOptions(true))) {
      service.awaitEnd();
      System.out.println(service.counts());
      System.exit(service.state() instanceof LoopState.Done ? 0 : 1);
    }
  }
}
