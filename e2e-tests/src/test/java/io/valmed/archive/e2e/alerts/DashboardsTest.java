package io.valmed.archive.e2e.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The dashboards, as Grafana provisions them from files. */
class DashboardsTest {
  private static final Path PROVISIONING = Shipped.GRAFANA.resolve("provisioning");

  private static Document source() {
    return Document.read(PROVISIONING.resolve("datasources/prometheus.yml"))
        .get("datasources")
        .list()
        .get(0);
  }

  @Test
  void each_panel_says_what_it_shows_in_which_unit_and_what_it_means_when_there_is_nothing() {
    assertThat(Shipped.panels()).hasSizeGreaterThan(25);
    assertThat(Shipped.panels())
        .allSatisfy(
            panel -> {
              Document defaults = panel.document().get("fieldConfig").get("defaults");
              assertThat(panel.title()).isNotBlank();
              assertThat(panel.document().get("description").text()).endsWith(".");
              assertThat(defaults.get("unit").text()).as(panel.title()).isNotBlank();
              assertThat(defaults.get("noValue").text()).as(panel.title()).isNotBlank();
              assertThat(panel.expressions()).isNotEmpty().noneMatch(String::isBlank);
            });
  }

  @Test
  void every_panel_asks_the_provisioned_source_for_the_chosen_installation() {
    String uid = source().get("uid").text();

    assertThat(source().get("url").text()).isEqualTo("http://prometheus:9090");
    assertThat(Shipped.panels())
        .allSatisfy(
            panel -> {
              assertThat(panel.document().get("datasource").get("uid").text()).isEqualTo(uid);
              assertThat(panel.document().get("targets").list())
                  .allMatch(target -> target.get("datasource").get("uid").text().equals(uid));
              assertThat(panel.expressions()).allMatch(asked -> asked.contains("$installation"));
            });
  }

  @Test
  void panels_have_places_and_numbers_of_their_own() {
    for (Path file : Shipped.boards()) {
      List<Document> panels = Document.read(file).get("panels").list();
      List<String> cells = new ArrayList<>();
      for (Document panel : panels) {
        Document at = panel.get("gridPos");
        assertThat(at.get("x").number() + at.get("w").number()).isLessThanOrEqualTo(24);
        for (int x = 0; x < at.get("w").number(); x++) {
          for (int y = 0; y < at.get("h").number(); y++) {
            cells.add((at.get("x").number() + x) + "/" + (at.get("y").number() + y));
          }
        }
      }
      assertThat(cells).as(file.toString()).doesNotHaveDuplicates();
      assertThat(panels).extracting(panel -> panel.get("id").text()).doesNotHaveDuplicates();
    }
  }

  @Test
  void two_boards_are_provisioned_that_lead_to_one_another() {
    List<Document> boards = Shipped.boards().stream().map(Document::read).toList();

    assertThat(boards)
        .extracting(board -> board.get("uid").text())
        .containsExactlyInAnyOrder("archive-on-call", "archive-kpis");
    assertThat(boards)
        .flatExtracting(board -> board.get("links").list())
        .extracting(link -> link.get("url").text())
        .containsExactlyInAnyOrder("/d/archive-on-call", "/d/archive-kpis");
    assertThat(
            Document.read(PROVISIONING.resolve("dashboards/archive.yml")).get("providers").list())
        .extracting(provider -> provider.get("options").get("path").text())
        .containsExactly("/var/lib/grafana/dashboards");
  }
}
