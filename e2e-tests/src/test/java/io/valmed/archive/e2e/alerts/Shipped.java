package io.valmed.archive.e2e.alerts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files that are shipped for alerts and dashboards. */
final class Shipped {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  static final Path PROMETHEUS = ROOT.resolve("deploy/prometheus");
  static final Path GRAFANA = ROOT.resolve("deploy/grafana");
  static final Path RUNBOOKS = ROOT.resolve("docs/runbooks");

  /** A rule that alerts. */
  record Alert(String name, String expr, String severity, Document annotations) {}

  /** What a rule's test expects to fire at one time. */
  record Check(String at, Set<String> firing) {}

  /** One case of a rule's test. */
  record Played(String name, List<String> series, List<Check> checks) {}

  /** A panel that shows something. */
  record Panel(String board, String title, Document document) {
    List<String> expressions() {
      return document.get("targets").list().stream().map(t -> t.get("expr").text()).toList();
    }
  }

  private Shipped() {}

  static List<Path> ruleFiles() {
    return Document.files(PROMETHEUS.resolve("rules"), ".yml");
  }

  static List<Path> testFiles() {
    return Document.files(PROMETHEUS.resolve("tests"), ".yml");
  }

  static List<Path> boards() {
    return Document.files(GRAFANA.resolve("dashboards"), ".json");
  }

  static List<Alert> alerts() {
    List<Alert> alerts = new ArrayList<>();
    for (Path file : ruleFiles()) {
      for (Document group : Document.read(file).get("groups").list()) {
        for (Document rule : group.get("rules").list()) {
          alerts.add(
              new Alert(
                  rule.get("alert").text(),
                  rule.get("expr").text(),
                  rule.get("labels").get("severity").text(),
                  rule.get("annotations")));
        }
      }
    }
    return alerts;
  }

  static List<Played> played(Path testFile) {
    return Document.read(testFile).get("tests").list().stream()
        .map(
            test ->
                new Played(
                    test.get("name").text(),
                    test.get("input_series").list().stream()
                        .map(series -> series.get("series").text())
                        .toList(),
                    test.get("promql_expr_test").list().stream().map(Shipped::check).toList()))
        .toList();
  }

  private static Check check(Document expected) {
    Set<String> names = new java.util.TreeSet<>();
    for (Document sample : expected.get("exp_samples").list()) {
      names.add(sample.get("labels").text().replaceAll("^\\{alertname=\"(\\w+)\"}$", "$1"));
    }
    return new Check(expected.get("eval_time").text(), names);
  }

  static List<Panel> panels() {
    List<Panel> panels = new ArrayList<>();
    for (Path file : boards()) {
      Document board = Document.read(file);
      for (Document panel : board.get("panels").list()) {
        if (!panel.get("type").text().equals("row")) {
          panels.add(new Panel(board.get("title").text(), panel.get("title").text(), panel));
        }
      }
    }
    return panels;
  }
}
