package io.valmed.archive.e2e.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What rules, their tests and panels ask for, against the list of what is exported. */
class OnlyExportedMetricsAreNamedTest {
  private static Map<String, String> expressions() {
    Map<String, String> expressions = new HashMap<>();
    Shipped.alerts().forEach(alert -> expressions.put("rule " + alert.name(), alert.expr()));
    for (Shipped.Panel panel : Shipped.panels()) {
      expressions.put(
          "panel " + panel.board() + ", " + panel.title(),
          String.join(" or ", panel.expressions()));
    }
    return expressions;
  }

  /** Each name or label in the expressions that nobody exports. */
  private static List<String> unknown(Map<String, String> expressions) {
    Map<String, Set<String>> exported = ExportedMetrics.labels();
    List<String> unknown = new ArrayList<>();
    expressions.forEach(
        (where, promql) ->
            Expression.metrics(promql)
                .forEach(
                    (metric, labels) -> {
                      Set<String> known = exported.get(metric);
                      if (known == null) {
                        unknown.add(where + ": " + metric);
                      } else if (!known.containsAll(labels)) {
                        unknown.add(where + ": " + metric + labels);
                      }
                    }));
    return unknown;
  }

  @Test
  void every_metric_and_label_of_a_rule_or_panel_is_exported() {
    assertThat(unknown(expressions())).isEmpty();
  }

  @Test
  void every_series_of_a_rules_test_is_one_that_is_exported() {
    Map<String, String> series = new HashMap<>();
    for (Path file : Shipped.testFiles()) {
      for (Shipped.Played played : Shipped.played(file)) {
        played.series().forEach(one -> series.put(played.name() + ", " + one, one));
      }
    }

    assertThat(series).hasSizeGreaterThan(100);
    assertThat(unknown(series)).isEmpty();
  }

  @Test
  void all_that_the_api_measures_is_in_a_rule_or_a_panel() {
    Set<String> asked = new TreeSet<>();
    expressions().values().forEach(promql -> asked.addAll(Expression.metrics(promql).keySet()));

    assertThat(asked).containsAll(ExportedMetrics.namesOf("api"));
    assertThat(asked).containsAll(ExportedMetrics.namesOf("kafka"));
  }

  @Test
  void what_is_asked_of_brokers_is_what_the_settings_of_the_jmx_exporter_give() {
    assertThat(Document.read(Shipped.PROMETHEUS.resolve("kafka-jmx.yml")).get("rules").list())
        .extracting(rule -> rule.get("name").text())
        .containsExactlyInAnyOrderElementsOf(ExportedMetrics.namesOf("kafka"));
  }

  @Test
  void expressions_are_read_as_prometheus_reads_them() {
    assertThat(
            Expression.metrics(
                "sum by (le, of) (rate(a_total{x=\"{y} or z\", w!~\"v\"}[5m:1m])) / on (q) group_left (r) max_over_time(b[$__rate_interval] offset 1d) >= bool 1e9 unless c{d=\"\"} * 2"))
        .isEqualTo(Map.of("a_total", Set.of("x", "w"), "b", Set.of(), "c", Set.of("d")));
    assertThat(
            unknown(
                Map.of(
                    "rule", "archive_slot_losst > 0 and archive_up{serve=\"hot\"} == archive_up")))
        .containsExactlyInAnyOrder("rule: archive_slot_losst", "rule: archive_up[serve]");
  }
}
