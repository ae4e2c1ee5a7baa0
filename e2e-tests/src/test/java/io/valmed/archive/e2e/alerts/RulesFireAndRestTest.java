package io.valmed.archive.e2e.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules by Prometheus' own checker, and that none of them lacks a test. */
class RulesFireAndRestTest {
  @TempDir private Path folder;

  @Test
  void prometheus_accepts_its_settings_and_all_rules() throws Exception {
    Promtool.Answer settings = Promtool.run("check", "config", "prometheus.yml");
    Promtool.Answer rules =
        Promtool.run(Promtool.words(List.of("check", "rules"), Shipped.ruleFiles()));

    assertThat(settings.code()).as(settings.output()).isZero();
    assertThat(rules.code()).as(rules.output()).isZero();
    assertThat(rules.output()).contains("SUCCESS: 12 rules found");
  }

  @Test
  void every_rule_fires_rests_and_recovers_as_its_tests_say() throws Exception {
    Promtool.Answer tests =
        Promtool.run(Promtool.words(List.of("test", "rules"), Shipped.testFiles()));

    assertThat(tests.code()).as(tests.output()).isZero();
  }

  @Test
  void every_panel_asks_what_prometheus_understands() throws Exception {
    StringBuilder rules = new StringBuilder("groups: [{ name: panels, rules: [\n");
    int number = 0;
    for (Shipped.Panel panel : Shipped.panels()) {
      for (String asked : panel.expressions()) {
        String plain = asked.replace("$__rate_interval", "1m").replace("$installation", "valmed");
        rules
            .append("{ record: 'panel:%d', expr: '".formatted(number++))
            .append(plain.replace("'", "''"))
            .append("' },\n");
      }
    }
    Path file = Files.writeString(folder.resolve("panels.yml"), rules.append("]}]\n"));

    Promtool.Answer answer = Promtool.run("check", "rules", file.toString());

    assertThat(answer.code()).as(answer.output()).isZero();
    assertThat(answer.output()).contains(number + " rules found");
  }

  @Test
  void every_rule_has_a_test_in_which_it_rests_then_fires_then_rests_again() {
    Map<String, Set<String>> seen = new TreeMap<>();
    for (Path file : Shipped.testFiles()) {
      for (Shipped.Played played : Shipped.played(file)) {
        for (Shipped.Alert alert : Shipped.alerts()) {
          seen.computeIfAbsent(alert.name(), name -> new TreeSet<>())
              .add(
                  played.checks().stream()
                      .map(check -> check.firing().contains(alert.name()) ? "fires" : "rests")
                      .collect(Collectors.joining(" ")));
        }
      }
    }

    assertThat(seen).hasSize(Shipped.alerts().size()).hasSizeGreaterThan(35);
    assertThat(seen)
        .allSatisfy(
            (alert, ways) ->
                assertThat(ways).as(alert).anyMatch(way -> way.matches("rests .*fires.* rests")));
  }

  @Test
  void a_quiet_night_restarts_a_release_and_a_planned_pause_fire_nothing() {
    List<Path> quiet =
        Shipped.testFiles().stream().filter(file -> file.toString().contains("quiet")).toList();
    List<Shipped.Played> days =
        quiet.stream().flatMap(file -> Shipped.played(file).stream()).toList();

    assertThat(days)
        .extracting(Shipped.Played::name)
        .anyMatch(name -> name.contains("a day and a night"))
        .anyMatch(name -> name.contains("restarted"))
        .anyMatch(name -> name.contains("purge paused"))
        .anyMatch(name -> name.contains("300,000 rows"))
        .anyMatch(name -> name.contains("new epoch"));
    assertThat(days)
        .flatExtracting(Shipped.Played::checks)
        .hasSizeGreaterThan(30)
        .allMatch(check -> check.firing().isEmpty());
  }

  @Test
  void every_test_plays_all_rules() {
    assertThat(Shipped.testFiles())
        .isNotEmpty()
        .allSatisfy(
            file ->
                assertThat(Document.read(file).get("rule_files").list())
                    .extracting(Document::text)
                    .containsExactlyInAnyOrderElementsOf(
                        Shipped.ruleFiles().stream()
                            .map(rules -> "../rules/" + rules.getFileName())
                            .toList()));
  }
}
