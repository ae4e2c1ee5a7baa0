package io.valmed.archive.e2e.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is scraped is where the containers are, and what looks is reached from this machine alone.
 */
class MonitoringContainersTest {
  private static final Document COMPOSE =
      Document.read(Shipped.ROOT.resolve("docker-compose.yml")).get("services");
  private static final Document SETTINGS =
      Document.read(Shipped.ROOT.resolve("deploy/compose/archive.yaml"));
  private static final Document PROMETHEUS =
      Document.read(Shipped.PROMETHEUS.resolve("prometheus.yml"));

  private static List<Document> jobs() {
    return PROMETHEUS.get("scrape_configs").list();
  }

  private static String target(String job) {
    Document found =
        jobs().stream()
            .filter(one -> one.get("job_name").text().equals(job))
            .findFirst()
            .orElseThrow();
    return found.get("static_configs").list().get(0).get("targets").list().get(0).text();
  }

  @Test
  void each_service_is_scraped_where_its_container_listens() {
    for (String service : List.of("capture", "sink", "purge")) {
      assertThat(COMPOSE.keys()).contains(service);
      assertThat(target("archive-" + service))
          .isEqualTo(service + ":" + SETTINGS.get(service).get("health").get("port").text());
    }
    assertThat(target("archive-api")).isEqualTo("api:8080");
  }

  @Test
  void every_job_that_is_scraped_by_name_says_which_installation_it_is_of() {
    assertThat(jobs())
        .filteredOn(job -> !job.get("static_configs").list().isEmpty())
        .hasSize(4)
        .allSatisfy(
            job ->
                assertThat(
                        job.get("static_configs")
                            .list()
                            .get(0)
                            .get("labels")
                            .get("installation")
                            .text())
                    .isNotBlank());
  }

  @Test
  void prometheus_and_grafana_are_pinned_listen_on_the_loopback_and_belong_to_their_profile() {
    for (String name : List.of("prometheus", "grafana")) {
      Document service = COMPOSE.get(name);
      assertThat(service.get("image").text()).matches("[a-z/]+:v?\\d+\\.\\d+\\.\\d+");
      assertThat(service.get("profiles").list())
          .extracting(Document::text)
          .containsExactly("monitoring");
      assertThat(service.get("ports").list())
          .extracting(Document::text)
          .hasSize(1)
          .allMatch(port -> port.startsWith("127.0.0.1:"));
      assertThat(service.get("healthcheck").keys()).contains("test");
      assertThat(service.get("mem_limit").text()).isNotBlank();
    }
  }

  @Test
  void what_grafana_is_provisioned_with_is_mounted_where_it_looks() {
    List<String> mounted =
        COMPOSE.get("grafana").get("volumes").list().stream().map(Document::text).toList();

    assertThat(mounted)
        .contains(
            "./deploy/grafana/provisioning:/etc/grafana/provisioning:ro",
            "./deploy/grafana/dashboards:/var/lib/grafana/dashboards:ro");
    assertThat(COMPOSE.get("prometheus").get("volumes").list())
        .extracting(Document::text)
        .contains("./deploy/prometheus:/etc/prometheus:ro");
  }
}
