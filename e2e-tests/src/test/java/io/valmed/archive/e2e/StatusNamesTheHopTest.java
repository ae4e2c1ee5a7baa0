package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.valmed.archive.e2e.servers.Server;
import io.valmed.archive.e2e.servers.Servers;
import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.CatchUp;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.Status;
import io.valmed.archive.operations.status.StatusWatch;
import io.valmed.archive.stack.FrozenServer;
import io.valmed.archive.stack.StackOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractStringAssert;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Services and servers are stopped and frozen one by one: within ten seconds the status names the
 * hop, and it is well again after. Real processes; one set of servers for all.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatusNamesTheHopTest {
  private static final Duration NAMED = Duration.ofSeconds(10);
  private static final Duration RECOVERED = Duration.ofSeconds(60);
  private static final int LARGE = Integer.getInteger("status.rows", 40_000);

  private static final String SESSIONS =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'archive status%'";

  private final List<Status> seen = new CopyOnWriteArrayList<>();
  private final Map<Hop, Archive> services = new EnumMap<>(Hop.class);
  private Servers servers;
  private Installation installation;
  private StatusWatch watch;

  @BeforeAll
  void running() throws Exception {
    servers =
        Servers.start(
            StackOptions.temporary()
                .withHotSetting("wal_sender_timeout", "10s")
                .withHotSetting("max_slot_wal_keep_size", "1GB")
                .withHotSetting("logical_decoding_work_mem", "64kB"));
    installation =
        Installation.of(
            new ValMedWorld(), new Installation.Place(servers, Duration.ofSeconds(30), null, null));
    start(Hop.CAPTURE);
    start(Hop.SINK);
    start(Hop.PURGE);
    watch = StatusWatch.start(installation.settings());
    watch.onStatus(seen::add);
    well("at first");
  }

  @AfterAll
  void end() throws Exception {
    if (watch != null) {
      watch.close();
    }
    services.values().forEach(Archive::close);
    if (servers != null) {
      servers.close();
    }
  }

  private void start(Hop hop) {
    services.put(hop, Archive.start(installation, hop.label()));
  }

  private Archive service(Hop hop) {
    return Objects.requireNonNull(services.get(hop));
  }

  private Status newest() {
    return seen.get(seen.size() - 1);
  }

  private void well(String when) {
    expect(when, RECOVERED, status -> status.state() == HopState.OK);
  }

  private Status named(Hop hop, HopState state, String words) {
    return expect(
        hop + " " + state,
        NAMED,
        status ->
            status.cause() == hop
                && status.hop(hop).state() == state
                && status.sentence().contains(words));
  }

  private Status expect(String what, Duration within, Predicate<Status> wanted) {
    Instant begun = seen.isEmpty() ? null : newest().measured().at();
    int from = seen.size();
    try {
      await(what)
          .atMost(within)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> seen.stream().skip(from).anyMatch(wanted));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(e.getMessage() + history(from), e);
    }
    Status found = seen.stream().skip(from).filter(wanted).findFirst().orElseThrow();
    System.out.printf(
        "%s: %s after %s s%n",
        what,
        found.sentence(),
        begun == null ? "?" : Duration.between(begun, found.measured().at()).toMillis() / 1000.0);
    return found;
  }

  private String history(int from) {
    return seen.stream()
        .skip(from)
        .map(
            status ->
                "\n"
                    + status.measured().at()
                    + " "
                    + status.sentence()
                    + status.hops().stream()
                        .map(hop -> "\n    " + hop)
                        .collect(Collectors.joining()))
        .collect(Collectors.joining());
  }

  private void frozen(Hop hop, HopState state, String words) {
    FrozenServer.freeze(service(hop).pid());
    try {
      named(hop, state, words);
    } finally {
      FrozenServer.thaw(service(hop).pid());
    }
    well("after " + hop + " was frozen");
  }

  private void frozen(Server server, Hop hop, String words) {
    server.freeze();
    try {
      named(hop, HopState.DOWN, words);
    } finally {
      server.thaw();
    }
    well("after a server was frozen");
  }

  private void stopped(Hop hop, String action) {
    service(hop).kill();
    assertThat(named(hop, HopState.DOWN, "").action()).isEqualTo(action);
    start(hop);
    well("after " + hop + " was stopped");
  }

  private AbstractStringAssert<?> shown(int code, String... verb) {
    try (Archive shown = Archive.start(installation, verb)) {
      assertThat(shown.awaitExit()).as(shown.output()).isEqualTo(code);
      return assertThat(shown.output());
    }
  }

  @Test
  void the_verbs_show_it_and_end_with_zero_while_all_is_well() {
    shown(0, "status", "--json")
        .contains("\"state\":\"ok\"", "\"cause\":null", "\"hop\":\"capture\"");
    shown(0, "lag").contains(installation.settings().prefix() + ".arc.heartbeat/0", "public.drugs");
  }

  @Test
  void a_sink_that_is_frozen_or_gone_is_named() {
    FrozenServer.freeze(service(Hop.SINK).pid());
    try {
      expect("SINK frozen", NAMED, status -> status.cause() == Hop.SINK);
    } finally {
      FrozenServer.thaw(service(Hop.SINK).pid());
    }
    well("after SINK was frozen");
    stopped(Hop.SINK, "./archive sink");
  }

  @Test
  void capture_that_is_frozen_is_named() {
    frozen(Hop.CAPTURE, HopState.STALLED, "no heartbeat");
  }

  @Test
  void capture_that_is_gone_is_named_and_so_is_the_slot_near_its_limit() throws Exception {
    service(Hop.CAPTURE).kill();
    assertThat(named(Hop.CAPTURE, HopState.DOWN, "nobody reads slot").action())
        .isEqualTo("./archive capture");
    installation.inHot(
        "CREATE TABLE filler AS SELECT repeat(md5(n::text), 30) AS x FROM generate_series(1, 40000) n");
    Status near =
        expect("horizon", NAMED, status -> status.hop(Hop.SLOT).state() == HopState.FALLING_BEHIND);

    assertThat(near.hop(Hop.SLOT).reason())
        .containsPattern("more until the slot is lost, in .* at this rate");
    assertThat(near.motion().horizonSeconds()).isBetween(1.0, 3600.0);
    assertThat(near.cause()).isEqualTo(Hop.CAPTURE);
    start(Hop.CAPTURE);
    well("after capture was stopped");
  }

  @Test
  void a_purge_that_is_gone_or_held_is_named_and_so_is_a_right_that_is_lacking() throws Exception {
    service(Hop.PURGE).kill();
    assertThat(named(Hop.PURGE, HopState.DOWN, "").action()).isEqualTo("./archive purge");
    shown(1, "status").contains("Purge is down", "To do:  ./archive purge");
    installation.inHot(
        "REVOKE SELECT ON arc.parked_table FROM " + installation.settings().hot().purger().user());
    expect(
        "right",
        NAMED,
        status ->
            status.hop(Hop.SLOT).state() == HopState.UNKNOWN
                && status.hop(Hop.SLOT).reason().contains("run './archive provision hot'"));
    Archive.succeed(installation.settingsFile(), "provision", "hot");
    start(Hop.PURGE);
    well("after PURGE was stopped");

    installation.inHot(
        "INSERT INTO arc.purge_hold (scope, reason, held_by, prefix) VALUES ('*', 'looking', 'ann', '')");
    assertThat(named(Hop.PURGE, HopState.STALLED, "held by ann").action())
        .startsWith("./archive purge resume --hold hot/");
    installation.inHot("UPDATE arc.purge_hold SET released_by = 'ann', released_at = now()");
    well("after the hold");
  }

  @Test
  void a_server_that_is_frozen_is_named_and_the_others_are_not() {
    frozen(servers.archive(), Hop.SINK, "archive (");
    frozen(servers.kafka(), Hop.KAFKA, "kafka (");
    frozen(servers.hot(), Hop.SLOT, "hot (");

    await("no session is left behind")
        .atMost(RECOVERED)
        .until(
            () ->
                installation.countInHot(SESSIONS) <= 3
                    && installation.countInArchive(SESSIONS) <= 2);
  }

  @Test
  void a_large_transaction_raises_nothing_and_is_named() throws Exception {
    int from = seen.size();

    installation.inHot(
        "INSERT INTO drugs SELECT gen_random_uuid(), 'large', repeat('x', 400), n::text FROM generate_series(1, %d) n"
            .formatted(LARGE));
    expect(
        "named",
        RECOVERED,
        status ->
            status.measured().capture() != null
                && status.measured().capture().decoding() != null
                && status.measured().capture().decoding().contains("large transaction"));
    new CatchUp(installation).within(RECOVERED.multipliedBy(2), () -> history(from));
    well("after the large transaction");

    assertThat(seen.stream().skip(from))
        .as(history(from))
        .allMatch(status -> status.state().compareTo(HopState.CATCHING_UP) <= 0);
  }
}
