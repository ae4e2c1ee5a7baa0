package io.valmed.archive.api;

import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.HopStatus;
import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Measurement.OpenSeen;
import io.valmed.archive.operations.status.Measurement.PurgeSeen;
import io.valmed.archive.operations.status.Measurement.SlotSeen;
import io.valmed.archive.operations.status.Measurement.TableSeen;
import io.valmed.archive.operations.status.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A status as {@code /metrics} tells it. Labels are names of hops, servers and tables alone. */
final class StatusMetrics {
  private static final String STATE =
      "How the whole does: 0 ok, 1 catching up, 2 unknown, 3 falling behind, 4 stalled, 5 down";

  private final PrometheusText text = new PrometheusText();
  private final Status status;
  private final Measurement seen;

  private StatusMetrics(Status status) {
    this.status = status;
    this.seen = status.measured();
  }

  /**
   * All of it, in Prometheus's text format.
   *
   * @param status null: nothing has been measured yet
   */
  static String of(@Nullable Status status, String version) {
    String build =
        new PrometheusText()
            .gauge(
                "archive_build_info",
                "Always 1; the label tells the release",
                new PrometheusText.Values().add(1, "version", version))
            .toString();
    if (status == null) {
      return build + new PrometheusText().gauge("archive_state", STATE, HopState.UNKNOWN.number());
    }
    StatusMetrics metrics = new StatusMetrics(status);
    metrics.whole();
    metrics.hops();
    metrics.slot(status.measured().slot());
    metrics.stream();
    metrics.purge(status.measured().purge());
    metrics.open(status.measured().open());
    metrics.tables();
    return build + metrics.text;
  }

  private void whole() {
    PrometheusText.Values up = new PrometheusText.Values();
    seen.servers().forEach(s -> up.add(s.trouble() == null, "server", s.server()));
    text.gauge("archive_state", STATE, status.state().number())
        .gauge("archive_up", "1 while the server answers what is measured", up)
        .gauge(
            "archive_measurement_timestamp_seconds",
            "When this was measured, by the clock of the host that measures",
            epoch(seen.at()));
  }

  private void hops() {
    PrometheusText.Values states = new PrometheusText.Values();
    PrometheusText.Values lags = new PrometheusText.Values();
    for (HopStatus hop : status.hops()) {
      String name = hop.hop().label();
      for (HopState state : HopState.values()) {
        states.add(hop.state() == state, "hop", name, "state", state.label());
      }
      lags.add(hop.seconds(), "hop", name);
    }
    text.gauge("archive_hop_state", "1 for the state that the hop is in, 0 for the others", states)
        .gauge("archive_hop_lag_seconds", "How far behind the hop is", lags)
        .gauge(
            "archive_proof_lag_seconds",
            "Age of the newest point before which everything is archived",
            seen.trip() == null || seen.trip().provenSeconds() == null
                ? seconds(Hop.PROOF)
                : seen.trip().provenSeconds());
  }

  private void slot(@Nullable SlotSeen slot) {
    if (slot == null) {
      return;
    }
    if (slot.exists()) {
      text.gauge(
              "archive_slot_retained_bytes",
              "WAL that hot keeps for the replication slot",
              slot.retainedBytes())
          .gauge(
              "archive_slot_safe_bytes",
              "WAL that hot can still write before the slot is lost; absent without a limit",
              slot.safeBytes());
    }
    text.gauge(
            "archive_slot_horizon_seconds",
            "Until the slot is lost at the present rate of WAL, if nobody reads it",
            status.motion().horizonSeconds())
        .gauge(
            "archive_hot_wal_bytes_per_second",
            "WAL that hot writes",
            status.motion().walBytesPerSecond())
        .gauge("archive_slot_active", "1 while somebody reads the slot", slot.active())
        .gauge(
            "archive_slot_lost",
            "1 when the slot is gone or has lost WAL: capture cannot go on",
            slot.exists() ? "lost".equals(slot.walStatus()) : begun());
  }

  /** Whether capture has ever begun: before, there is no slot to lose. */
  private boolean begun() {
    return seen.trip() != null && seen.trip().archiveSeconds() != null;
  }

  private void stream() {
    text.gauge(
        "archive_capture_behind_bytes",
        "WAL that capture has not confirmed as being in Kafka",
        seen.capture() == null ? null : seen.capture().bytesBehind());
    Map<String, Long> behind = new TreeMap<>();
    seen.partitions().stream()
        // Without the archive's answer no position is known: it is not all of the topic.
        .filter(partition -> partition.table() != null && seen.sink() != null)
        .forEach(p -> behind.merge(Objects.requireNonNull(p.table()), p.behind(), Long::sum));
    PrometheusText.Values records = new PrometheusText.Values();
    behind.forEach((table, waiting) -> records.add(waiting, "table", table));
    text.gauge("archive_sink_behind_records", "Records that the archive has not applied", records)
        .gauge(
            "archive_sink_behind_seconds", "How far the archive is behind Kafka", seconds(Hop.SINK))
        .gauge(
            "archive_end_to_end_seconds",
            "Age of the newest heartbeat that has come through the whole way",
            seen.trip() == null ? null : seen.trip().archiveSeconds());
  }

  private void purge(@Nullable PurgeSeen purge) {
    if (purge == null) {
      return;
    }
    PrometheusText.Values held = new PrometheusText.Values();
    held.add(!purge.holds().isEmpty(), "table", "*");
    seen.tables().stream()
        .filter(table -> !table.role().equals("reference"))
        .forEach(table -> held.add(!table.holds().isEmpty(), "table", table.table()));
    text.gauge("archive_purge_running", "1 while a purge worker is connected", purge.running())
        .gauge(
            "archive_purge_last_run_timestamp_seconds",
            "When a purge worker last ended a run",
            epoch(purge.lastRun()))
        .gauge(
            "archive_purge_held",
            "1 while a hold keeps the table's rows in hot; table * is the whole purge",
            held);
  }

  private void open(@Nullable OpenSeen open) {
    if (open == null) {
      return;
    }
    text.gauge(
            "archive_journal_open_pages",
            "Journal pages whose outcome is not known",
            open.openPages())
        .gauge(
            "archive_unwitnessed_rows",
            "Purged rows that have not come to the cold store in time",
            open.unwitnessedRows())
        .gauge("archive_quarantine_open", "Records that wait in quarantine", open.quarantined())
        .gauge("archive_parked_tables", "Tables that capture does not carry", open.parked().size())
        .gauge("archive_alarms_open", "Alarms that nobody has looked at", open.alarms());
  }

  private void tables() {
    byTable(
        "archive_purge_eligible_rows",
        "Settled, cold rows that may leave hot, when they were last counted",
        TableSeen::eligibleRows);
    byTable(
        "archive_purge_oldest_eligible_age_seconds",
        "Age of the oldest of those rows, by the table's age column",
        table ->
            table.oldestEligible() == null
                ? null
                : Duration.between(table.oldestEligible(), seen.at()).toSeconds());
    byTable("archive_purge_purged_rows", "Rows that have ever left hot", TableSeen::purgedRows);
    byTable(
        "archive_verification_timestamp_seconds",
        "When hot and archive were last compared",
        table -> epoch(table.verifiedAt()));
    byTable(
        "archive_verification_differs",
        "1 while the last comparison found rows that are not equal",
        table ->
            switch (table.verified()) {
              case "differs" -> 1;
              case "equal" -> 0;
              default -> null;
            });
    PrometheusText.Values rows = new PrometheusText.Values();
    PrometheusText.Values bytes = new PrometheusText.Values();
    for (TableSeen table : seen.tables()) {
      tiers(rows, table, table.hotRows(), table.mirrorRows(), table.coldRows());
      tiers(bytes, table, table.hotBytes(), table.mirrorBytes(), table.coldBytes());
    }
    text.gauge("archive_tier_rows", "Rows by the server's statistics, in each tier", rows)
        .gauge("archive_tier_bytes", "Bytes on disk with indexes, in each tier", bytes);
  }

  private static void tiers(
      PrometheusText.Values values,
      TableSeen table,
      @Nullable Long hot,
      @Nullable Long mirror,
      @Nullable Long cold) {
    values
        .add(hot, "table", table.table(), "tier", "hot")
        .add(mirror, "table", table.table(), "tier", "mirror")
        .add(cold, "table", table.table(), "tier", "cold");
  }

  private void byTable(String name, String help, Function<TableSeen, @Nullable Number> value) {
    PrometheusText.Values values = new PrometheusText.Values();
    seen.tables().forEach(table -> values.add(value.apply(table), "table", table.table()));
    text.gauge(name, help, values);
  }

  private @Nullable Double seconds(Hop hop) {
    for (HopStatus one : status.hops()) {
      if (one.hop() == hop) {
        return one.seconds();
      }
    }
    return null;
  }

  private static @Nullable Double epoch(@Nullable Instant at) {
    return at == null ? null : at.toEpochMilli() / 1e3;
  }
}
