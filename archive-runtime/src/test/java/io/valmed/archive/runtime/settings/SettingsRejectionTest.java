package io.valmed.archive.runtime.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SettingsRejectionTest {

  private static List<String> problems(String text, Map<String, String> environment) {
    try {
      SettingsReader.parse(text, "archive.yaml", Path.of("/etc"), environment);
      return List.of();
    } catch (SettingsException e) {
      return e.problems().stream().map(Object::toString).toList();
    }
  }

  static List<String> problems(String text) {
    return problems(text, Map.of());
  }

  private static boolean draft(String text) {
    return SettingsReader.parse(text, "archive.yaml", Path.of("/etc"), Map.of()).policy().draft();
  }

  @Test
  void a_policy_is_a_draft_unless_it_says_clearly_that_it_is_none() {
    String text =
        """
        hot: { url: "jdbc:postgresql://hot:5432/hospital", migrator: { user: owner } }
        archive: { url: "jdbc:postgresql://cold:5432/archive", migrator: { user: owner } }
        kafka: { bootstrap-servers: "kafka:9092" }
        policy: { draft: %s, roots: { public.orders: { age: created_at } } }
        """;

    assertThat(draft(text.formatted("true"))).isTrue();
    assertThat(draft(text.formatted("false"))).isFalse();
    assertThat(problems(text.formatted("no")))
        .containsExactly("line 4, policy.draft: must be true or false, but is 'no'");
    assertThat(problems(text.formatted("")))
        .containsExactly("line 4, policy.draft: must be true or false, but is empty");
  }

  @Test
  void all_errors_are_told_at_once_with_their_lines() {
    String text =
        """
        prefx: valmed
        hot: { url: "mysql://hot", migrator: { user: owner, password: hunter2 } }
        archive: { migrator: { user: owner } }
        kafka: { bootstrap-servers: nowhere, partitions: 0 }
        policy:
          roots:
            orders: { age: created_at }
            public.visits: { cold-after: 3 weeks, childs: {} }
        purge: { lock-timeout: 1m, every: soon }
        sink: [1]
        """;

    List<String> problems = problems(text);

    assertThat(problems)
        .containsExactlyInAnyOrder(
            "line 1, prefx: is not a known key; did you mean 'prefix'?",
            "line 2, hot.url: is not a PostgreSQL address; write"
                + " jdbc:postgresql://host:5432/hospital",
            "line 2, hot.migrator.password: passwords are read from files only; put it into a file"
                + " and name that in 'password-file'",
            "line 3, archive.url: is missing; write the address, jdbc:postgresql://host:5432/archive",
            "line 4, kafka.bootstrap-servers: 'nowhere' is no list of brokers; write"
                + " host:9092,host2:9092",
            "line 4, kafka.partitions: must be 1 to 256, but is 0",
            "line 7, policy.roots.orders: 'orders' is not a table's name; write schema.table, for"
                + " example public.orders",
            "line 8, policy.roots.public.visits.age: is missing; name the date or timestamp column"
                + " that says how old a row is",
            "line 8, policy.roots.public.visits.cold-after: '3 weeks' is not a duration; write a"
                + " number and its unit: 500ms, 30s, 15m, 12h or 90d",
            "line 8, policy.roots.public.visits.childs: is not a known key; did you mean"
                + " 'children'?",
            "line 9, purge.every: 'soon' is not a duration; write a number and its unit: 500ms,"
                + " 30s, 15m, 12h or 90d",
            "line 9, purge.lock-timeout: must be shorter than transaction-timeout (30s), but is 1m",
            "line 10, sink: must be a map of keys, but is a list");
    assertThat(problems).noneMatch(problem -> problem.contains("hunter2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cold-after: 0d|cold-after: must be 1m to 36500d, but is 0d",
        "age-of: oldest|age-of: must be root or newest, but is 'oldest'",
        "age-of: newest|age-of: newest needs the age of at least one child: { key: order_id, age: given_at }",
        "age-of: newest, children: { public.items: order_id }|age-of: newest needs the age of at least one child: { key: order_id, age: given_at }",
        "age-of: root|",
        "age-of: newest, children: { public.items: { key: order_id, children: { public.notes: { key: item, age: at } } } }|"
      })
  void what_makes_an_aggregate_old_is_said_clearly(String entry, String problem) {
    String text =
        SettingsReaderTest.SMALLEST.replace("age: created_at", "age: created_at, " + entry);

    if (problem == null) {
      assertThat(problems(text)).isEmpty();
    } else {
      assertThat(problems(text)).singleElement().asString().endsWith(problem);
    }
  }

  @Test
  void more_replicas_in_sync_than_there_are_could_never_be_written_to() {
    assertThat(
            problems("kafka: { bootstrap-servers: 'a:1', min-insync-replicas: 2 }").stream()
                .filter(problem -> problem.contains("kafka.")))
        .containsExactly(
            "line 1, kafka.min-insync-replicas: is 2, but kafka.replication-factor is 1: nothing"
                + " could be written; lower it or raise the other");
  }

  @Test
  void the_message_names_the_file_and_counts_the_errors() {
    assertThatExceptionOfType(SettingsException.class)
        .isThrownBy(() -> SettingsReader.parse("{}", "archive.yaml", Path.of("/etc"), Map.of()))
        .withMessageStartingWith("archive.yaml has 6 errors:\n  ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "prefix: a.b|prefix: must be 1 to 100 letters, digits, _ or -, but is 'a.b'",
        "prefix: a\\nprefix: b|prefix: stands twice, first in line 8; keep one",
        "capture: { slot: Big }|capture.slot: must be 1 to 63 lower-case letters, digits or _, but"
            + " is 'Big'",
        "capture: { stream: fast }|capture.stream: must be direct or engine, but is 'fast'",
        "capture: { heartbeat-every: 1 }|capture.heartbeat-every: '1' is not a duration; write a"
            + " number and its unit: 500ms, 30s, 15m, 12h or 90d",
        "capture: { transaction-records: 0 }|capture.transaction-records: must be 1 to 10000000, but"
            + " is 0",
        "sink: { batch-bytes: 3MB }|sink.batch-bytes: '3MB' is not a size; write bytes, or a number"
            + " with KiB, MiB or GiB: 64MiB",
        "sink: { health: { port: 70000 } }|sink.health.port: must be 0 to 65535, but is 70000",
        "sink: { batch-records: many }|sink.batch-records: 'many' is not a whole number; it must be"
            + " 1 to 1000000",
        "purge: { worker: a b }|purge.worker: must be 1 to 60 letters, digits, _ or -, but is 'a b'",
        "purge: { page: 5 }|purge.page: is not a known key; did you mean 'page-aggregates'?",
        "purge: { every: [1s] }|purge.every: must be a single value, but is a list",
      })
  void a_wrong_value_is_refused_with_the_way_out(String line, String expected) {
    String text = SettingsReaderTest.SMALLEST + "\n" + line.replace("\\n", "\n");

    assertThat(problems(text)).hasSize(1).first().asString().endsWith(expected);
  }

  @Test
  void a_table_stands_once_in_a_policy_and_never_in_the_products_own_schemas() {
    String text =
        SettingsReaderTest.SMALLEST
            + "    public.visits: { age: at, children: { public.orders: visit_id, arc.x: id } }\n"
            + "  reference: { lab_cold.y: {}, public.visits: {} }\n";

    assertThat(problems(text))
        .containsExactly(
            "line 7, policy.roots.public.visits.children.public.orders: stands twice in the policy,"
                + " first as policy.roots.public.orders; keep one",
            "line 7, policy.roots.public.visits.children.arc.x: schema arc cannot be archived: arc,"
                + " history and names that end with _cold are the product's own; rename the schema",
            "line 8, policy.reference.lab_cold.y: schema lab_cold cannot be archived: arc, history"
                + " and names that end with _cold are the product's own; rename the schema",
            "line 8, policy.reference.public.visits: stands twice in the policy, first as"
                + " policy.roots.public.visits; keep one");
  }

  @Test
  void a_mistyped_variable_is_refused() {
    assertThat(
            problems(
                SettingsReaderTest.SMALLEST, Map.of("ARCHIVE_KAFKA_BOOTSTRAP_SERVER", "other:1")))
        .containsExactly(
            "ARCHIVE_KAFKA_BOOTSTRAP_SERVER: is not a setting; did you mean"
                + " ARCHIVE_KAFKA_BOOTSTRAP_SERVERS? Rename it or unset it");
  }

  @Test
  void kafkas_secrets_and_what_the_product_sets_itself_are_refused() {
    String text =
        SettingsReaderTest.SMALLEST.replace(
            ":9092\"", ":9092\", properties: { sasl.jaas.config: canary, acks: 1 }");

    List<String> problems = problems(text);

    assertThat(problems)
        .containsExactly(
            "line 3, kafka.properties.sasl.jaas.config: secrets are read from files only; put it"
                + " into a properties file and name that in 'kafka.properties-file'",
            "line 3, kafka.properties.acks: acks is set by the product itself; leave it out");
    assertThat(problems).noneMatch(problem -> problem.contains("canary"));
  }

  @Test
  void half_an_encryption_is_refused() {
    String text =
        SettingsReaderTest.SMALLEST
            .replace("hospital\"", "hospital?ssl=true\", tls: { mode: verify-full }")
            .replace("/archive\"", "/archive\", tls: { mode: require, root-certificate: ca.pem }")
            .replace(":9092\"", ":9092\", user: arc");

    assertThat(problems(text))
        .containsExactly(
            "line 1, hot.url: must not say how to encrypt; write that as 'tls', mode and"
                + " root-certificate",
            "line 1, hot.tls.mode: verify-full needs 'root-certificate': the PEM file of the"
                + " authority that issued the server's certificate",
            "line 2, archive.tls.mode: require looks at no certificate, but 'root-certificate' is"
                + " set; write verify-full or leave it out",
            "line 3, kafka.user: and 'password-file' belong together; name both or neither");
  }

  @Test
  void a_mode_of_tls_that_is_none_and_a_certificate_without_its_key_are_refused() {
    String text =
        SettingsReaderTest.SMALLEST
            .replace("hospital\"", "hospital\", tls: { mode: verify }")
            .replaceFirst("user: owner", "user: owner, certificate: a.pem");

    assertThat(problems(text))
        .containsExactly(
            "line 1, hot.tls.mode: 'verify' is no mode of TLS; known: disable, prefer, require,"
                + " verify-ca, verify-full",
            "line 1, hot.migrator: has only one of 'certificate' and 'key'; name both files or"
                + " neither");
  }

  @Test
  void hot_and_archive_must_be_two_databases() {
    String text = SettingsReaderTest.SMALLEST.replace("cold:5432/archive", "hot:5432/hospital");

    assertThat(problems(text))
        .containsExactly("archive.url: is the hot database; the archive needs one of its own");
  }

  @Test
  void what_is_not_yaml_is_told_with_its_line() {
    assertThat(problems("hot: {\nprefix: ]")).hasSize(1).first().asString().startsWith("line 2");
    assertThat(problems("a: &x\n  b: *x\n")).isNotEmpty();
    assertThat(problems("just words")).first().asString().contains("must hold keys");
  }

  @Test
  void a_record_made_elsewhere_is_checked_by_the_same_limits() {
    InetSocketAddress health = InetSocketAddress.createUnresolved("any", 0);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new CaptureSettings(
                    "slot", "p", Duration.ofDays(1), 1, Duration.ofSeconds(1), health))
        .withMessage("capture.heartbeat-every must be 10ms to 10m, but is 1d");
  }
}
