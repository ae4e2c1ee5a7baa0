package io.valmed.archive.runtime.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.AgeOf;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.ReferenceTable;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.runtime.kafka.KafkaSecurity;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.server.DatabaseTls;
import io.valmed.archive.runtime.server.DatabaseTls.Mode;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SettingsReaderTest {
  private static final Path FOLDER = Path.of("/etc/valmed");

  static final String SMALLEST =
      """
      hot: { url: "jdbc:postgresql://hot:5432/hospital", migrator: { user: owner } }
      archive: { url: "jdbc:postgresql://cold:5432/archive", migrator: { user: owner } }
      kafka: { bootstrap-servers: "kafka:9092" }
      policy:
        roots:
          public.orders: { age: created_at }
      """;

  private static Settings parse(String text) {
    return SettingsReader.parse(text, "archive.yaml", FOLDER, Map.of());
  }

  @Test
  void what_is_left_out_has_its_default() {
    Settings settings = parse(SMALLEST);

    assertThat(settings.prefix()).isEqualTo("valmed");
    assertThat(settings.hot().capture().user()).isEqualTo("arc_capture");
    assertThat(settings.hot().purger().passwordFile()).isNull();
    assertThat(settings.archive().reader().user()).isEqualTo("arc_reader");
    assertThat(settings.kafka().partitions()).isEqualTo(4);
    assertThat(settings.kafka().replicationFactor()).isEqualTo((short) 1);
    assertThat(settings.kafka().minInsyncReplicas()).isEqualTo((short) 1);
    assertThat(settings.kafka().maxMessageBytes()).isEqualTo(64 << 20);
    assertThat(settings.policy().ageZone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(settings.policy().roots())
        .containsExactly(
            new RootTable(
                TableId.parse("public.orders"),
                "created_at",
                null,
                Duration.ofDays(90),
                List.of()));
    assertThat(settings.capture())
        .isEqualTo(
            new CaptureSettings(
                "arc_valmed",
                "arc_valmed",
                Duration.ofSeconds(1),
                100_000,
                Duration.ofSeconds(20),
                at("127.0.0.1", 9401)));
    assertThat(settings.sink())
        .isEqualTo(new SinkSettings("valmed-sink", 5_000, 16L << 20, 3, 1, at("127.0.0.1", 9402)));
    assertThat(settings.purge())
        .isEqualTo(
            new PurgeSettings(
                "main",
                2000,
                10_000,
                2_000,
                Duration.ofMinutes(1),
                Duration.ofSeconds(30),
                Duration.ofMillis(500),
                at("127.0.0.1", 9403)));
    assertThat(settings.verify()).isEqualTo(new VerifySettings(Duration.ofDays(1), 5_000));
  }

  @Test
  void every_key_reaches_its_place() {
    Settings settings =
        parse(
            """
            prefix: clinic-2
            hot:
              url: jdbc:postgresql://hot/hospital
              migrator: { user: hm, password-file: secrets/hm }
              capture: { user: hc, password-file: /run/secrets/hc }
              purger: { user: hp, password-file: ../hp }
            archive:
              url: jdbc:postgresql://cold/archive
              tls: { mode: verify-ca, root-certificate: ca.pem }
              migrator: { user: am, password-file: am }
              sink: { user: as, password-file: as, certificate: as.pem, key: as.key }
              purger: { user: ap, password-file: ap }
              reader: { user: ar, password-file: ar }
            kafka:
              bootstrap-servers: a:9092,b:9092
              partitions: 12
              replication-factor: 3
              min-insync-replicas: 3
              max-message-bytes: 8MiB
              user: arc
              password-file: secrets/k
              tls: { root-certificate: ca.pem }
              properties: { client.dns.lookup: use_all_dns_ips }
              properties-file: /run/secrets/k.properties
            policy:
              age-zone: Europe/Berlin
              roots:
                public.t: { age: at }
            capture:
              slot: s
              publication: p
              heartbeat-every: 250ms
              transaction-records: 5_000
              transaction-time: 3s
              stream: engine
              health: { host: 0.0.0.0, port: 1 }
            sink: { group: g, batch-records: 7, batch-bytes: 1MiB, months-ahead: 0, unseen-share: 25, health: { port: 2 } }
            purge:
              worker: night
              page-aggregates: 10
              aggregate-rows: 20
              rows-per-second: 0
              every: 1h
              transaction-timeout: 10s
              lock-timeout: 100ms
              clock-skew: 2s
              witness-within: 7m
              archive-timeout: 1500ms
              health: { port: 0 }
            """);

    assertThat(settings.prefix()).isEqualTo("clinic-2");
    assertThat(settings.hot())
        .isEqualTo(
            new HotSettings(
                login("jdbc:postgresql://hot/hospital", "hm", "/etc/valmed/secrets/hm"),
                login("jdbc:postgresql://hot/hospital", "hc", "/run/secrets/hc"),
                login("jdbc:postgresql://hot/hospital", "hp", "/etc/hp")));
    assertThat(settings.archive().reader())
        .isEqualTo(
            new DatabaseLogin(
                "jdbc:postgresql://cold/archive",
                "ar",
                Path.of("/etc/valmed/ar"),
                new DatabaseTls(Mode.VERIFY_CA, Path.of("/etc/valmed/ca.pem"), null, null),
                "archive"));
    assertThat(settings.archive().sink().tls())
        .isEqualTo(
            new DatabaseTls(
                Mode.VERIFY_CA,
                Path.of("/etc/valmed/ca.pem"),
                Path.of("/etc/valmed/as.pem"),
                Path.of("/etc/valmed/as.key")));
    assertThat(settings.archive().purger().user()).isEqualTo("ap");
    assertThat(settings.kafka().bootstrapServers()).isEqualTo("a:9092,b:9092");
    assertThat(settings.kafka().partitions()).isEqualTo(12);
    assertThat(settings.kafka().replicationFactor()).isEqualTo((short) 3);
    assertThat(settings.kafka().minInsyncReplicas()).isEqualTo((short) 3);
    assertThat(settings.kafka().maxMessageBytes()).isEqualTo(8 << 20);
    assertThat(settings.kafka().security())
        .isEqualTo(
            new KafkaSecurity(
                "arc",
                Path.of("/etc/valmed/secrets/k"),
                Path.of("/etc/valmed/ca.pem"),
                Map.of("client.dns.lookup", "use_all_dns_ips"),
                Path.of("/run/secrets/k.properties")));
    assertThat(settings.policy().ageZone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(settings.capture())
        .isEqualTo(
            new CaptureSettings(
                "s",
                "p",
                Duration.ofMillis(250),
                5_000,
                Duration.ofSeconds(3),
                at("0.0.0.0", 1),
                CaptureSettings.Stream.ENGINE));
    assertThat(settings.sink())
        .isEqualTo(new SinkSettings("g", 7, 1 << 20, 0, 25, at("127.0.0.1", 2)));
    assertThat(settings.purge())
        .isEqualTo(
            new PurgeSettings(
                "night",
                10,
                20,
                0,
                Duration.ofHours(1),
                Duration.ofSeconds(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(2),
                Duration.ofMinutes(7),
                Duration.ofMillis(1500),
                at("127.0.0.1", 0)));
  }

  @Test
  void a_policy_takes_composite_keys_quoted_names_and_children_of_children() {
    Settings settings =
        parse(
            SMALLEST.replace(
                "    public.orders: { age: created_at }\n",
                """
                    '"My Schema"."Cäse"':
                      age: '"Created At"'
                      settled: "state = 'done'"
                      cold-after: 36h
                      plain-number: [no, Seq]
                      age-of: newest
                      children:
                        lab.sample: [case_no, Case_Year]
                        lab.result:
                          key: [case_no, case_year]
                          age: measured_at
                          plain-number: batch
                          children: { lab.note: result_id }
                  reference:
                    lab.device:
                    lab.person: { exclude: [token, '"Pass"'] }
                """));

    assertThat(settings.policy().roots())
        .containsExactly(
            new RootTable(
                new TableId("My Schema", "Cäse"),
                "Created At",
                "state = 'done'",
                Duration.ofHours(36),
                List.of(
                    new ChildTable(
                        new TableId("lab", "sample"),
                        List.of("case_no", "case_year"),
                        null,
                        List.of()),
                    new ChildTable(
                        new TableId("lab", "result"),
                        List.of("case_no", "case_year"),
                        "measured_at",
                        List.of(
                            new ChildTable(
                                new TableId("lab", "note"), List.of("result_id"), null, List.of())),
                        List.of("batch"))),
                List.of("no", "seq"),
                AgeOf.NEWEST));
    assertThat(settings.policy().reference())
        .containsExactly(
            new ReferenceTable(new TableId("lab", "device"), List.of()),
            new ReferenceTable(new TableId("lab", "person"), List.of("token", "Pass")));
  }

  @Test
  void the_environment_overrides_the_file() {
    Settings settings =
        SettingsReader.parse(
            SMALLEST,
            "archive.yaml",
            FOLDER,
            Map.of(
                "ARCHIVE_KAFKA_BOOTSTRAP_SERVERS", "other:1",
                "ARCHIVE_HOT_CAPTURE_PASSWORD_FILE", "secrets/c",
                "ARCHIVE_ARCHIVE_URL", "jdbc:postgresql://elsewhere/a",
                "ARCHIVE_PURGE_HEALTH_PORT", "7",
                "ARCHIVE_SINK_SERVICE_HOST", "10.0.0.1"));

    assertThat(settings.kafka().bootstrapServers()).isEqualTo("other:1");
    assertThat(settings.hot().capture().passwordFile()).isEqualTo(FOLDER.resolve("secrets/c"));
    assertThat(settings.archive().sink().url()).isEqualTo("jdbc:postgresql://elsewhere/a");
    assertThat(settings.purge().health().getPort()).isEqualTo(7);
  }

  @Test
  void an_authority_that_is_named_is_asked_for_in_full() {
    Settings settings =
        parse(SMALLEST.replace("hospital\"", "hospital\", tls: { root-certificate: ca.pem }"));

    assertThat(settings.hot().purger().tls().mode()).isEqualTo(Mode.VERIFY_FULL);
    assertThat(settings.archive().purger().tls()).isEqualTo(DatabaseTls.IF_OFFERED);
  }

  private static InetSocketAddress at(String host, int port) {
    return new InetSocketAddress(host, port);
  }

  private static DatabaseLogin login(String url, String user, String file) {
    return new DatabaseLogin(url, user, Path.of(file), DatabaseTls.IF_OFFERED, "hot");
  }

  @Test
  void a_verification_runs_when_it_is_told_to() {
    assertThat(parse(SMALLEST + "verify: { every: 6h, pace: 0 }\n").verify())
        .isEqualTo(new VerifySettings(Duration.ofHours(6), 0));
    assertThat(parse(SMALLEST + "verify: { every: off }\n").verify().every()).isNull();
    assertThat(
            SettingsRejectionTest.problems(SMALLEST + "verify: { every: sometimes, pace: -1 }\n"))
        .anyMatch(problem -> problem.contains("verify.every: 'sometimes' is not a duration"))
        .anyMatch(problem -> problem.contains("verify.pace: must be 0 to 10000000, but is -1"));
  }
}
