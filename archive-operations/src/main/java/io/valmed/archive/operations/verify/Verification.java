package io.valmed.archive.operations.verify;

import io.valmed.archive.databases.archive.CaughtUp;
import io.valmed.archive.databases.archive.TableVerifications;
import io.valmed.archive.databases.archive.VerificationPlace.Counts;
import io.valmed.archive.databases.compare.SecondLook;
import io.valmed.archive.databases.compare.Suspect;
import io.valmed.archive.databases.compare.TablePair;
import io.valmed.archive.databases.compare.VerificationOptions;
import io.valmed.archive.databases.compare.VerificationOutcome;
import io.valmed.archive.databases.identity.IdentityCheck;
import io.valmed.archive.databases.witness.WitnessCheck;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.jdbc.TableFault;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares every row of the policy's tables in hot with the mirror, in both directions, without a
 * lock that a writer would feel. The result is also kept in the archive's {@code arc.verification}.
 */
public final class Verification {
  private static final Duration STATEMENT_LIMIT = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Connection hot;
  private final Connection archive;
  private final Settings settings;
  private final VerificationOptions options;
  private final CaughtUp progress;
  private final Map<PolicyTable, String> problems = new LinkedHashMap<>();
  private final Map<PolicyTable, TableSweep> sweeps = new LinkedHashMap<>();
  private final Map<PolicyTable, List<Suspect>> suspects = new LinkedHashMap<>();

  private Verification(
      Connection hot, Connection archive, Settings settings, VerificationOptions options) {
    this.hot = hot;
    this.archive = archive;
    this.settings = settings;
    this.options = options;
    this.progress = new CaughtUp(hot, archive, settings.capture().slot());
  }

  /**
   * Verifies everything. Takes a few seconds for each hundred thousand rows, and longer only while
   * rows are unequal.
   *
   * @throws io.valmed.archive.runtime.StopException when the two are not of this installation;
   *     nothing was compared
   * @throws SQLException when a database fails; the record then stays without a result. What is
   *     wrong with one table is in the result
   * @throws InterruptedException when told to stop
   */
  public static VerificationResult run(Settings settings, VerificationOptions options)
      throws SQLException, InterruptedException {
    String name = "archive verify";
    try (Connection hot = DigestSession.openByKey(settings.hot().purger(), name, STATEMENT_LIMIT);
        Connection archive =
            DigestSession.openByKey(settings.archive().purger(), name, STATEMENT_LIMIT)) {
      // Of two databases that are not of one installation every row would be told as missing.
      IdentityCheck check = new IdentityCheck(settings);
      IdentityCheck.pair(check.hot(hot), check.archive(archive));
      return new Verification(hot, archive, settings, options).run();
    }
  }

  private VerificationResult run() throws SQLException, InterruptedException {
    long id = begin();
    OffsetDateTime begun = now();
    boolean late = false;
    for (PolicyTable table : settings.policy().tables()) {
      try {
        TableSweep sweep = new TableSweep(hot, archive, TablePair.read(hot, archive, table));
        sweep.run();
        sweeps.put(table, sweep);
        suspects.put(table, sweep.suspects());
      } catch (TablePair.UnlikeException e) {
        late |= e.late();
        problems.put(table, String.valueOf(e.getMessage()));
      } catch (SQLException e) {
        problems.put(table, TableFault.inEither(e, hot, archive));
      }
    }
    // What the archive lacks, it may have when it has caught up.
    boolean caughtUp = !late || awaitCaughtUp();
    for (int look = 0; caughtUp && look < options.looks() && undecided(); look++) {
      caughtUp = awaitCaughtUp();
      lookAgain(caughtUp);
    }
    List<VerificationResult.Table> tables = new ArrayList<>();
    for (PolicyTable table : settings.policy().tables()) {
      tables.add(result(table, caughtUp));
    }
    List<WitnessCheck> witnesses = WitnessCheck.read(settings, options.samples(), begun);
    if (caughtUp && !witnesses.stream().allMatch(WitnessCheck::clean)) {
      // Purged just before: their departures may be on the way.
      caughtUp = awaitCaughtUp();
      witnesses = WitnessCheck.read(settings, options.samples(), begun);
    }
    VerificationResult result = new VerificationResult(caughtUp, tables, witnesses);
    end(id, result);
    if (caughtUp) {
      endHolds(tables, begun);
    }
    return result;
  }

  /** Tables that were found equal are held no longer because they once were not. */
  private void endHolds(List<VerificationResult.Table> tables, OffsetDateTime begun)
      throws SQLException {
    new TableVerifications(archive, settings.prefix())
        .know(tables.stream().map(VerificationResult.Table::table).toList());
    VerificationOutcome outcome = new VerificationOutcome(archive, settings.prefix());
    for (VerificationResult.Table table : tables) {
      if (table.clean()) {
        outcome.equalSince(
            table.table(), new Counts(table.rows(), 0, 0, 0, table.inFlight()), begun);
      }
    }
  }

  private OffsetDateTime now() throws SQLException {
    try (Statement statement = archive.createStatement();
        ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
      row.next();
      return row.getObject(1, OffsetDateTime.class);
    }
  }

  private boolean undecided() {
    return suspects.values().stream()
        .anyMatch(rows -> rows.stream().anyMatch(row -> !row.confirmed()));
  }

  private void lookAgain(boolean caughtUp) throws SQLException {
    SecondLook look = new SecondLook(hot, archive);
    for (Map.Entry<PolicyTable, TableSweep> entry : List.copyOf(sweeps.entrySet())) {
      PolicyTable table = entry.getKey();
      List<Suspect> before = suspects.getOrDefault(table, List.of());
      try {
        suspects.put(table, look.at(entry.getValue().pair(), before, caughtUp));
      } catch (SQLException e) {
        problems.put(table, TableFault.inEither(e, hot, archive));
        sweeps.remove(table);
        suspects.remove(table);
      }
    }
  }

  private boolean awaitCaughtUp() throws SQLException, InterruptedException {
    long wanted = Lsn.parse(DigestSession.ask(hot, "SELECT pg_current_wal_insert_lsn()::text"));
    long deadline = System.nanoTime() + options.catchUp().toNanos();
    while (Long.compareUnsigned(progress.lsn(), wanted) < 0) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(POLL.toMillis());
    }
    return true;
  }

  private VerificationResult.Table result(PolicyTable table, boolean caughtUp) {
    @Nullable TableSweep sweep = sweeps.get(table);
    if (sweep == null) {
      return new VerificationResult.Table(
          table.table(), 0, 0, 0, 0, 0, problems.get(table), List.of());
    }
    long missing = sweep.missingBeyond();
    long differs = sweep.differsBeyond();
    long extra = sweep.extraBeyond();
    long inFlight = 0;
    List<String> samples = new ArrayList<>();
    for (Suspect row : suspects.getOrDefault(table, List.of())) {
      String kind;
      if (caughtUp && !row.confirmed()) {
        inFlight++;
        continue;
      } else if (row.hot() == null) {
        extra++;
        kind = "extra ";
      } else if (row.mirror() == null) {
        missing++;
        kind = "missing ";
      } else {
        differs++;
        kind = "differs ";
      }
      if (samples.size() < options.samples()) {
        samples.add(kind + sweep.pair().name(row.key()));
      }
    }
    return new VerificationResult.Table(
        table.table(), sweep.rows(), missing, differs, extra, inFlight, null, samples);
  }

  private long begin() throws SQLException {
    try (PreparedStatement insert =
        archive.prepareStatement(
            "INSERT INTO arc.verification (started_at, prefix) VALUES (clock_timestamp(), ?)"
                + " RETURNING id")) {
      insert.setString(1, settings.prefix());
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private void end(long id, VerificationResult result) throws SQLException {
    try (PreparedStatement update =
        archive.prepareStatement(
            "UPDATE arc.verification SET ended_at = clock_timestamp(), result = ?::jsonb"
                + " WHERE id = ?")) {
      update.setString(1, result.toJson());
      update.setLong(2, id);
      update.executeUpdate();
    }
  }
}
