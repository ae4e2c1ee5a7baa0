package io.valmed.archive.demo;

import io.valmed.archive.databases.archive.CaughtUp;
import io.valmed.archive.databases.cold.EligibleRoots;
import io.valmed.archive.databases.compare.VerificationOptions;
import io.valmed.archive.databases.hold.PurgeHolds;
import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.witness.WitnessCheck;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.operations.verify.Verification;
import io.valmed.archive.operations.verify.VerificationResult;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.sample.LiveCounts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the demo asks both databases: how far things are, and at the end whether all is right. */
final class DemoChecks {
  private final Settings settings;
  private final Connection hot;
  private final Connection archive;
  private final CaughtUp caughtUp;
  private final List<TableId> tables;
  private final Map<String, Long> archivedBefore;

  /**
   * @param hot a connection of hot's migrator
   * @param archive a connection of the archive's migrator
   */
  DemoChecks(Settings settings, Connection hot, Connection archive) throws SQLException {
    this.settings = settings;
    this.hot = hot;
    this.archive = archive;
    this.caughtUp = new CaughtUp(hot, archive, settings.capture().slot());
    this.tables = settings.policy().tables().stream().map(PolicyTable::table).toList();
    this.archivedBefore = archived();
  }

  /** Hot's position in its WAL now; what is visible now was committed before it. */
  long hotPosition() throws SQLException {
    try (Statement statement = hot.createStatement();
        ResultSet result = statement.executeQuery("SELECT pg_current_wal_insert_lsn()::text")) {
      result.next();
      return Lsn.parse(result.getString(1));
    }
  }

  /** Whether capture's slot exists and has found its starting point. */
  boolean slotReady() throws SQLException {
    try (PreparedStatement query =
        hot.prepareStatement(
            "SELECT 1 FROM pg_replication_slots WHERE slot_name = ? AND confirmed_flush_lsn IS NOT NULL")) {
      query.setString(1, settings.capture().slot());
      try (ResultSet result = query.executeQuery()) {
        return result.next();
      }
    }
  }

  /** Whether the archive has everything that hot committed before the position. */
  boolean caughtUp(long position) throws SQLException {
    return Long.compareUnsigned(caughtUp.lsn(), position) >= 0;
  }

  /** Settled, cold aggregates in hot. */
  long eligible() throws SQLException {
    try {
      return EligibleRoots.count(settings).values().stream().mapToLong(Long::longValue).sum();
    } catch (TableHeldException e) {
      throw new StopException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Why purging is held; empty: it is not. */
  List<String> holds() throws SQLException {
    return new PurgeHolds(settings)
        .open().stream().map(PurgeHolds.Hold::reason).distinct().toList();
  }

  /**
   * Compares everything and, if all is equal, releases the holds that were open before.
   *
   * @throws StopException when something differs
   */
  void releaseIfEqual() throws SQLException, InterruptedException {
    // One that is set while this compares was not there to be judged: it stays.
    PurgeHolds holds = new PurgeHolds(settings);
    List<PurgeHolds.Hold> open = holds.open();
    VerificationResult result = Verification.run(settings, VerificationOptions.DEFAULT);
    if (!result.clean() || result.tables().stream().anyMatch(t -> t.inFlight() > 0)) {
      throw new StopException(
          "Hot and archive differ, so purging stays held; see './archive verify --config"
              + " D/archive.yaml' with the demo's directory D.");
    }
    holds.release(open, "demo");
  }

  /** The policy's tables. */
  List<TableId> tables() {
    return tables;
  }

  /** Everything counted and compared. */
  DemoResult result(Map<String, Long> loaded, LiveCounts live)
      throws SQLException, InterruptedException {
    Map<String, Long> purged = new LinkedHashMap<>();
    Map<String, Long> witnessed = new LinkedHashMap<>();
    for (WitnessCheck check : WitnessCheck.read(settings, 0)) {
      purged.put(check.table().toString(), check.purged());
      witnessed.put(check.table().toString(), check.witnessed());
    }
    VerificationResult verification = Verification.run(settings, VerificationOptions.DEFAULT);
    Map<String, Long> archived = archived();
    return new DemoResult(
        loaded,
        archived,
        purged,
        witnessed,
        text(new TableSizes(hot).rows(tables)),
        live,
        unaccounted(loaded, live.inserted(), archived),
        eligible(),
        openPages(),
        verification);
  }

  /** Journal pages whose outcome is unknown: their rows are not among the purged ones. */
  private long openPages() throws SQLException {
    try (Statement statement = archive.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT count(*) FROM arc.purge_page WHERE outcome = 'intended'")) {
      result.next();
      return result.getLong(1);
    }
  }

  /** Rows by which the archive has grown less than hot has gained. */
  private long unaccounted(
      Map<String, Long> loaded, Map<String, Long> inserted, Map<String, Long> archived) {
    long rows = 0;
    for (Map.Entry<String, Long> table : archived.entrySet()) {
      String name = table.getKey();
      long gained = loaded.getOrDefault(name, 0L) + inserted.getOrDefault(name, 0L);
      long expected = archivedBefore.getOrDefault(name, 0L) + gained;
      rows += Math.max(0, expected - table.getValue());
    }
    return rows;
  }

  /** Rows of each table in mirror and cold store together. */
  private Map<String, Long> archived() throws SQLException {
    TableSizes sizes = new TableSizes(archive);
    Map<String, Long> rows = text(sizes.rows(tables));
    Map<TableId, Long> cold = sizes.rows(tables.stream().map(TableId::cold).toList());
    for (TableId table : tables) {
      rows.merge(table.toString(), cold.getOrDefault(table.cold(), 0L), Long::sum);
    }
    return rows;
  }

  private static Map<String, Long> text(Map<TableId, Long> rows) {
    Map<String, Long> named = new LinkedHashMap<>();
    rows.forEach((table, count) -> named.put(table.toString(), count));
    return named;
  }
}
