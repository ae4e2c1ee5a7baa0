package io.valmed.archive.e2e.secrecy;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Journal;
import io.valmed.archive.e2e.support.Pipeline;
import io.valmed.archive.e2e.support.SecuredStack;
import io.valmed.archive.e2e.support.SharedServers;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.provisioning.check.PhysicalCopyCheck;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** PostgreSQL by verify-full, Kafka by SASL_SSL, with certificates made here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrustedServersTest {
  private static final String COLD_ORDER =
      """
      INSERT INTO medication_orders SELECT md5('old')::uuid, 'x', (SELECT id FROM drugs LIMIT 1), 1, 'x', 'completed',
        (SELECT id FROM users LIMIT 1), now() - interval '200 days';
      INSERT INTO medication_administrations SELECT md5('old/1')::uuid, md5('old')::uuid, (SELECT id FROM users LIMIT 1),
        now() - interval '199 days'
      """;
  private static final String SESSIONS =
      """
      SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
      WHERE a.datname = current_database() AND a.application_name LIKE 'valmed-archive %'
      """;

  private SecuredStack secured;
  private Installation installation;
  private Pipeline pipeline;

  @BeforeAll
  void capture_and_sink_run() throws Exception {
    secured = SecuredStack.start();
    installation = Installation.of(new ValMedWorld(), secured.place());
    pipeline = Pipeline.start(installation);
  }

  @AfterAll
  void end() {
    pipeline.close();
    secured.close();
  }

  @Test
  void a_row_is_archived_and_purged_and_every_session_was_encrypted() throws Exception {
    installation.inHot(COLD_ORDER);
    pipeline.awaitArchived();
    Archive.succeed(installation.settingsFile(), "purge", "--once");
    pipeline.awaitArchived();

    assertThat(Journal.purged(installation)).isEqualTo(2);
    Journal.everyPurgedRowIsWitnessed(installation);
    for (String verb : List.of("doctor", "verify", "purge status", "quarantine list")) {
      Archive.succeed(installation.settingsFile(), verb.split(" "));
    }
    String plain = SESSIONS + " AND NOT s.ssl";
    assertThat(installation.countInHot(SESSIONS + " AND s.ssl AND backend_type = 'walsender'"))
        .isEqualTo(1);
    assertThat(installation.countInHot(plain)).isZero();
    String sink = SESSIONS + " AND s.client_dn = '/CN=sink'";
    assertThat(installation.countInArchive(sink + " AND a.application_name NOT LIKE '% health'"))
        .isEqualTo(2);
    assertThat(installation.countInArchive(plain)).isZero();
  }

  @Test
  void the_servers_take_nothing_else() throws Exception {
    String other = "SELECT count(*) FROM pg_hba_file_rules WHERE type <> 'hostssl'";

    assertThat(installation.countInHot(other)).isZero();
    assertThat(installation.countInArchive(other)).isZero();
    ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
    try (Admin admin = Admin.create(installation.settings().kafka().clientProperties("e2e"))) {
      Config config =
          Objects.requireNonNull(
              admin.describeConfigs(List.of(broker)).all().get(60, TimeUnit.SECONDS).get(broker));
      assertThat(config.get("advertised.listeners").value())
          .isEqualTo("CLIENT://" + secured.stack().kafka().bootstrapServers());
      assertThat(config.get("listener.security.protocol.map").value()).contains("CLIENT:SASL_SSL");
    }
  }

  /** No line of pg_hba.conf is for 'replication' here, and yet a row was captured. */
  @Test
  void capture_needs_no_right_to_copy_the_whole_server() {
    assertThat(PhysicalCopyCheck.check(installation.settings().hot().capture())).isEmpty();
  }

  /** What is wrong in the settings, who meets it, and what they say. */
  private record Refusal(String verb, Map<String, String> wrong, List<String> said) {
    Refusal(String verb, Map<String, String> wrong, String... said) {
      this(verb, wrong, List.of(said));
    }
  }

  @Test
  void what_is_not_trusted_is_refused_in_a_sentence_with_a_way_out() throws Exception {
    String settings = Files.readString(installation.settingsFile());
    List<String> trouble = new ArrayList<>();
    List<Refusal> refusals = refusals(settings);
    for (int i = 0; i < refusals.size(); i += 3) {
      List<Refusal> some = refusals.subList(i, Math.min(i + 3, refusals.size()));
      List<Archive> running = new ArrayList<>();
      for (Refusal refusal : some) {
        running.add(start(settings, refusal));
      }
      for (int j = 0; j < some.size(); j++) {
        judge(some.get(j), running.get(j), trouble);
      }
    }

    assertThat(trouble).isEmpty();
    assertThat(
            installation.countInHot(
                "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'refused'"))
        .isZero();
    try (Admin admin = Admin.create(installation.settings().kafka().clientProperties("e2e"))) {
      assertThat(admin.listTopics().names().get(60, TimeUnit.SECONDS))
          .noneMatch(topic -> topic.startsWith("refused"));
    }
  }

  private List<Refusal> refusals(String settings) throws Exception {
    List<Refusal> all = new ArrayList<>(untrusted(settings));
    all.addAll(otherNames());
    all.addAll(others(settings));
    return all;
  }

  private List<Refusal> untrusted(String settings) throws Exception {
    String root = secured.trust().root().toString();
    String stranger = secured.strangersRoot().toString();
    String untrusted = "was not issued by an authority that is trusted here";
    List<Refusal> all = new ArrayList<>();
    for (Map.Entry<String, String> part :
        Map.of(
                "capture", between(settings, "hot:\n", "migrator"),
                "sink", between(settings, "archive:\n", "migrator"),
                "sink ", between(settings, "kafka:", "\n"))
            .entrySet()) {
      String wrong = part.getValue().replace(root, stranger);
      all.add(
          new Refusal(part.getKey().strip(), Map.of(part.getValue(), wrong), untrusted, "put its"));
    }
    return all;
  }

  private List<Refusal> otherNames() {
    String said = "is for another host name";
    String todo = "name the host as";
    List<Refusal> all = new ArrayList<>();
    for (Map.Entry<String, String> part :
        Map.of(
                "capture", "hot:\n  url: jdbc:postgresql://127.0.0.1:",
                "purge --once", "archive:\n  url: jdbc:postgresql://127.0.0.1:",
                "sink", secured.stack().kafka().bootstrapServers())
            .entrySet()) {
      String wrong = part.getValue().replace("127.0.0.1", "localhost");
      all.add(new Refusal(part.getKey(), Map.of(part.getValue(), wrong), said, todo));
    }
    return all;
  }

  private List<Refusal> others(String settings) throws Exception {
    String root = secured.trust().root().toString();
    String hot = between(settings, "hot:\n", "migrator");
    String kafka = between(settings, "kafka:", "\n");
    InetSocketAddress plain = SharedServers.get().hot().address();
    String noTls =
        hot.replace(
            "127.0.0.1:" + secured.stack().hot().port(),
            plain.getHostString() + ":" + plain.getPort());
    String password = secured.trust().kafkaPassword().toString();
    Path wrong = Files.writeString(installation.directory().resolve("wrong"), "wrong\n");
    String missing = "/missing/ca.pem";
    return List.of(
        new Refusal("verify", Map.of(hot, noTls), "offers no TLS", "turn it on there"),
        // Capture asks Kafka only once hot knows its prefix and no other has its slot.
        new Refusal(
            "sink",
            Map.of(password, wrong.toString()),
            "does not accept the user or the password",
            "correct 'kafka.user'"),
        new Refusal(
            "purge --once",
            Map.of("hot-purger.password", wrong.toString()),
            "The password of",
            "write the right one into " + wrong),
        new Refusal(
            "provision hot",
            Map.of(hot, hot.replace(root, missing)),
            "The root certificate file " + missing,
            "correct 'tls.root-certificate'"),
        new Refusal(
            "sink",
            Map.of(kafka, kafka.replace(root, missing)),
            "The root certificate file " + missing,
            "correct 'kafka.tls.root-certificate'"));
  }

  private static String between(String text, String from, String to) {
    int start = text.indexOf(from);
    return text.substring(start, text.indexOf(to, start));
  }

  private Archive start(String settings, Refusal refusal) throws Exception {
    String text = settings;
    if (refusal.verb().equals("capture")) {
      text = text.replaceFirst("prefix: \\S+", "prefix: refused");
      text = text.replaceFirst("slot: \\w+", "slot: refused");
    }
    for (Map.Entry<String, String> wrong : refusal.wrong().entrySet()) {
      assertThat(text).contains(wrong.getKey());
      text = text.replace(wrong.getKey(), wrong.getValue());
    }
    Path file = Files.createTempFile(installation.directory(), "refused", ".yaml");
    return Archive.start(Files.writeString(file, text), List.of(), refusal.verb().split(" "));
  }

  private static void judge(Refusal refusal, Archive archive, List<String> trouble)
      throws InterruptedException {
    boolean ended = archive.endsWithin(Duration.ofSeconds(90));
    int exit = ended ? archive.awaitExit() : -1;
    String output = archive.output();
    if (exit != 4) {
      trouble.add(refusal.verb() + " ended with " + exit + " instead of 4:\n" + output);
    }
    for (String words : refusal.said()) {
      if (!output.contains(words)) {
        trouble.add(refusal.verb() + " does not say '" + words + "':\n" + output);
      }
    }
  }
}
