package io.valmed.archive.e2e.secrecy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.CatchUp;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.SecuredStack;
import io.valmed.archive.e2e.support.ValMedWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Rows and passwords full of canaries go the whole way, errors that quote them are provoked, every
 * process tells all it can; then everything that was written is searched.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NothingTellsAPatientTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern PORT = Pattern.compile("health_port=\"(\\d+)\"");

  /** Everything is asked to be logged, also by the libraries. */
  private static final List<String> VERBOSE =
      List.of(
          "-Darchive.log.level=DEBUG",
          "-Darchive.log.others=TRACE",
          "-Darchive.log.trace=%told",
          "-XX:-CreateCoredumpOnCrash");

  /** What provokes errors that quote rows: 23514, 22P02 and 23505 in the archive, 23503 in hot. */
  private static final String REFUSALS =
      """
      ALTER TABLE public.drugs ADD CHECK (current_stock < 1000);
      ALTER TABLE public.drugs ADD CHECK (strength::int > 0) NOT VALID;
      CREATE UNIQUE INDEX ON public.medication_orders (patient_name)
      """;

  /**
   * Keys, invented ones, are told by verify, which names an unequal row by its uuid or number, and
   * by the statements that select the purge's page in hot.
   */
  private static final List<String> KEYS_BY_PURPOSE =
      List.of("arc in the archive", "written, verify-", "log of hot", "sessions in hot");

  private final Canaries canaries = new Canaries();
  private final Canaries keys = new Canaries();
  private final Evidence evidence = new Evidence();
  private SecuredStack secured;
  private Installation installation;
  private ServerEvidence servers;
  private List<String> jvm;

  @BeforeAll
  void provision() throws Exception {
    secured = SecuredStack.start();
    installation = Installation.of(new ValMedWorld(), secured.place());
    servers = new ServerEvidence(evidence, installation);
    Path temporary = Files.createDirectory(installation.directory().resolve("tmp"));
    jvm = new ArrayList<>(VERBOSE);
    jvm.add(LeakingProcess.temporary(temporary));
    jvm.add("-XX:ErrorFile=" + installation.directory().resolve("crash-%p.log"));
    passwords();
    installation.inHot(setting("log_statement", "all"));
    installation.inHot(setting("log_parameter_max_length", "0"));
    installation.inArchive(setting("log_statement", "all"));
    installation.inArchive(setting("log_parameter_max_length", "0"));
    // PostgreSQL quotes values in some of its own errors, whoever asks: docs/operations.md says so.
    installation.inArchive(setting("log_min_messages", "log"));
    installation.inHot(
        "CREATE TABLE invoices (id uuid PRIMARY KEY, order_id uuid REFERENCES medication_orders)");
  }

  @AfterAll
  void end() {
    secured.close();
  }

  @Test
  void no_value_and_no_password_is_told_anywhere() throws Exception {
    Patients patients = new Patients(installation, canaries, keys);
    String twin = patients.patient();
    patients.coldOrder(twin);
    patients.referTo(patients.coldOrder(patients.patient()));
    Map<String, Archive> services = new LinkedHashMap<>();
    ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    try {
      services.put("capture", start("capture"));
      services.put("sink", start("sink"));
      var unused =
          watch.scheduleWithFixedDelay(this::takeSessions, 100, 100, TimeUnit.MILLISECONDS);
      caughtUp();
      provoke(patients, twin);
      caughtUp();
      services.put("purge", start("purge"));
      awaitPurged();
      cutOff();
      caughtUp();
      for (Map.Entry<String, Archive> service : services.entrySet()) {
        Archive running = service.getValue();
        new ProcessEvidence(evidence, service.getKey(), running.pid()).take(port(running.output()));
      }
      command();
      crash(services);
    } finally {
      watch.shutdownNow();
      services.values().forEach(Archive::close);
    }
    takeWritten(evidence);

    assertThat(evidence.told(canaries)).isEmpty();
    assertThat(evidence.told(keys).keySet())
        .allMatch(place -> KEYS_BY_PURPOSE.stream().anyMatch(place::startsWith));
    assertThat(evidence.places()).hasSizeGreaterThan(40);
    assertThat(evidence.text("arc in the archive")).contains("23514", "23505", "22P02");
  }

  /** Rows that the archive refuses, and all that an application may write besides. */
  private void provoke(Patients patients, String twin) throws Exception {
    installation.inArchive(REFUSALS);
    patients.coldOrder(twin);
    patients.overstock();
    patients.drugOfNoNumber();
    patients.transfer();
    patients.message();
  }

  @Test
  void the_search_finds_a_word_in_every_place() throws Exception {
    Canaries planted = new Canaries();
    String word = planted.hatch("planted");
    Evidence found = new Evidence();
    Path directory = Files.createDirectory(installation.directory().resolve("leak"));
    Path log = directory.resolve("leak.log");
    Process leaking = leak(word, directory, log);
    try {
      await().atMost(PATIENCE).until(() -> PORT.matcher(Files.readString(log)).find());
      installation.inHot(
          "SET application_name = 'valmed-archive leak'; SELECT '%1$s'".formatted(word));
      new ProcessEvidence(found, "leak", leaking.pid()).take(port(Files.readString(log)));
    } finally {
      leaking.destroyForcibly().waitFor();
    }
    found.addFiles("written", directory, file -> true);
    found.addFile("log of hot", secured.stack().hot().logFile());

    assertThat(found.told(planted).keySet())
        .contains(
            "leak, /proc cmdline",
            "leak, /proc environ",
            "leak, threads",
            "leak, beans",
            "leak, /metrics",
            "leak, /health/ready",
            "written, leak.log",
            "log of hot")
        .anyMatch(place -> place.startsWith("written, leak") && place.endsWith(".tmp"));
    assertThat(planted.in("nothing")).isEmpty();
  }

  private Process leak(String word, Path directory, Path log) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            LeakingProcess.temporary(directory),
            "-cp",
            System.getProperty("java.class.path"),
            LeakingProcess.class.getName(),
            word);
    builder.environment().put("LEAK", word);
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  private Archive start(String verb) {
    return Archive.start(installation.settingsFile(), jvm, verb.split(" "));
  }

  private static String setting(String name, String value) {
    return "DO $$ BEGIN EXECUTE format('ALTER DATABASE %%I SET %s = ''%s''', current_database()); END $$"
        .formatted(name, value);
  }

  private void passwords() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(installation.directory())) {
      all.filter(NothingTellsAPatientTest::secret).forEach(files::add);
    }
    files.add(secured.stack().hot().passwordFile());
    files.add(secured.stack().archive().passwordFile());
    for (Path file : files) {
      canaries.watch("password in " + file.getFileName(), Files.readString(file).strip());
    }
    String kafka = Files.readString(secured.trust().kafkaPassword());
    canaries.watch("Kafka's password", kafka.substring(0, kafka.indexOf('"')));
  }

  private static boolean secret(Path file) {
    return file.toString().endsWith(".password");
  }

  private void caughtUp() {
    new CatchUp(installation).within(PATIENCE, () -> "");
  }

  private void takeSessions() {
    try {
      servers.takeSessions();
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One order may leave; its twin is in quarantine, another is referred to. */
  private void awaitPurged() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                installation.countInArchive(
                        "SELECT count(*) FROM arc.purge_page WHERE outcome = 'committed'")
                    > 0);
    assertThat(evidence.places()).contains("sessions in hot");
  }

  /** Every session of the product ends at once, in both databases. */
  private void cutOff() throws Exception {
    String sql =
        """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE application_name LIKE 'valmed-archive %' AND datname = current_database()
        """;
    assertThat(installation.countInHot(sql)).isPositive();
    assertThat(installation.countInArchive(sql)).isPositive();
  }

  private void command() {
    List<String> verbs =
        List.of(
            "verify --catch-up 1s",
            "purge status",
            "quarantine list --json",
            "quarantine show 1",
            "quarantine retry --all",
            "doctor",
            "provision hot",
            "migrate archive status");
    for (String verb : verbs) {
      try (Archive archive = start(verb)) {
        assertThat(archive.awaitExit()).as(verb + "\n" + archive.output()).isIn(0, 1);
      }
    }
  }

  /** A thread dump, and the report that a JVM writes when it crashes. */
  private static void crash(Map<String, Archive> services) throws Exception {
    for (Archive service : services.values()) {
      for (String signal : List.of("-QUIT", "-SEGV")) {
        new ProcessBuilder("kill", signal, Long.toString(service.pid())).start().waitFor();
      }
      service.awaitExit();
    }
  }

  private void takeWritten(Evidence into) throws Exception {
    into.addFiles("written", installation.directory(), file -> !secret(file));
    into.addFile("log of hot", secured.stack().hot().logFile());
    into.addFile("log of the archive", secured.stack().archive().logFile());
    into.addFile("log of Kafka", secured.stack().kafka().logFile());
    into.addFile("state of the stack", secured.stack().directory().resolve("stack.json"));
    servers.takeTables();
    servers.takeTopics();
  }

  private static int port(String output) {
    Matcher port = PORT.matcher(output);
    assertThat(port.find()).as(output).isTrue();
    return Integer.parseInt(port.group(1));
  }
}
