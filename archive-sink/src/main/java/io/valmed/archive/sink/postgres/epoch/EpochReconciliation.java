package io.valmed.archive.sink.postgres.epoch;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.sink.FailPoint;
import io.valmed.archive.sink.FailPoint.Boundary;
import io.valmed.archive.sink.apply.TableFaultException;
import io.valmed.archive.sink.epoch.Reconciling;
import io.valmed.archive.sink.postgres.PositionTable;
import io.valmed.archive.sink.postgres.epoch.ReconciliationTable.Confirmation;
import io.valmed.archive.sink.postgres.epoch.ReconciliationTable.State;
import io.valmed.archive.sink.postgres.epoch.UnseenRule.Refusal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reconciles tables with an epoch, one by one, and one sink at a time: counts what of the snapshot
 * stands in the mirror, which is exact as long as sinks hold what follows it, and moves what it did
 * not show if {@link UnseenRule} lets it.
 */
public final class EpochReconciliation {
  private static final Logger log = LoggerFactory.getLogger(EpochReconciliation.class);
  private static final TableId HEARTBEAT = new TableId("arc", "heartbeat");
  private static final String LOCK =
      "SELECT pg_try_advisory_lock(hashtextextended('arc.reconcile ' || ?, 0))";
  private static final String UNLOCK =
      "SELECT pg_advisory_unlock(hashtextextended('arc.reconcile ' || ?, 0))";

  /** A large mirror is counted again at most a twentieth of the time. */
  private static final int PAUSE_FOR_EACH_COUNT = 20;

  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(2);

  private final Connection connection;
  private final Settings settings;
  private final PositionTable positions;
  private final UnseenDepartures unseen;
  private final ReconciliationTable records;
  private final UnseenRule rule;
  private final FailPoint failPoint;
  private final Map<TableId, Looked> looked = new HashMap<>();

  public EpochReconciliation(
      Connection connection,
      Settings settings,
      PositionTable positions,
      UnseenDepartures unseen,
      FailPoint failPoint) {
    this.connection = connection;
    this.settings = settings;
    this.positions = positions;
    this.unseen = unseen;
    this.records = new ReconciliationTable(connection, settings.prefix());
    this.rule = new UnseenRule(settings.sink().unseenShare());
    this.failPoint = failPoint;
  }

  /** What was found of a table that is held, and when to count again. */
  private record Looked(
      int epoch, long confirmation, @Nullable Refusal refusal, long atNanos, long pauseNanos) {
    boolean stands(int ofEpoch, long newestConfirmation) {
      return refusal != null
          && epoch == ofEpoch
          && confirmation == newestConfirmation
          && System.nanoTime() - atNanos < pauseNanos;
    }
  }

  public Set<TableId> settled(Epoch epoch) throws SQLException {
    // Whoever noted the last table may have ended before it noted the epoch.
    records.noteWhole(epoch, everyTable());
    return records.settled(epoch);
  }

  /** See {@link io.valmed.archive.sink.apply.Archive#reconcile}. */
  public Map<TableId, Reconciling> reconcile(Epoch epoch, Collection<TableId> tables, boolean newer)
      throws Exception {
    Map<TableId, Reconciling> outcomes = new HashMap<>();
    tables.forEach(table -> outcomes.put(table, new Reconciling.Behind()));
    Set<TableId> applied = applied(epoch, tables);
    if (applied.isEmpty() || !ask(LOCK)) {
      return outcomes;
    }
    try {
      Set<TableId> settled = records.settled(epoch);
      Map<TableId, Confirmation> confirmed = records.confirmed(epoch);
      for (TableId table : applied) {
        outcomes.put(
            table,
            settled.contains(table)
                ? new Reconciling.Settled()
                : orHeld(epoch, table, newer, confirmed.get(table)));
      }
      if (outcomes.values().stream().anyMatch(Reconciling.Settled.class::isInstance)) {
        records.noteWhole(epoch, everyTable());
      }
      return outcomes;
    } finally {
      ask(UNLOCK);
    }
  }

  /** Those of which all sinks together have applied the whole snapshot. */
  private Set<TableId> applied(Epoch epoch, Collection<TableId> tables) throws SQLException {
    // A position from before the log lost its end covers nothing that was written since.
    if (positions.beyondBeginning(epoch)) {
      return Set.of();
    }
    Positions stored = positions.readAll();
    Set<TableId> applied = new HashSet<>();
    for (TableId table : tables) {
      String partitions = settings.topics().table(table) + "/";
      Map<String, Long> end = new HashMap<>(epoch.snapshotEnd().next());
      end.keySet().removeIf(partition -> !partition.startsWith(partitions));
      if (stored.covers(Positions.of(end))) {
        applied.add(table);
      }
    }
    return applied;
  }

  /** What the archive refuses for the sake of this table holds this table alone. */
  private Reconciling orHeld(
      Epoch epoch, TableId table, boolean newer, @Nullable Confirmation confirmation)
      throws Exception {
    long begun = System.nanoTime();
    try {
      return reconcile(epoch, table, newer, confirmation);
    } catch (SQLException e) {
      try {
        throw TableFaultException.orItself(table, e);
      } catch (TableFaultException fault) {
        String sentence = String.valueOf(fault.getMessage());
        records.hold(table, sentence);
        long newest = confirmation == null ? 0 : confirmation.id();
        lookAgainLater(epoch, table, newest, new Refusal(State.DIFFERS, sentence), begun);
        return new Reconciling.Held(sentence);
      }
    }
  }

  private void lookAgainLater(
      Epoch epoch, TableId table, long confirmation, Refusal refusal, long begun) {
    long now = System.nanoTime();
    long pause = Math.max(SHORTEST_PAUSE.toNanos(), (now - begun) * PAUSE_FOR_EACH_COUNT);
    looked.put(table, new Looked(epoch.number(), confirmation, refusal, now, pause));
  }

  private Reconciling reconcile(
      Epoch epoch, TableId table, boolean newer, @Nullable Confirmation confirmation)
      throws Exception {
    long newest = confirmation == null ? 0 : confirmation.id();
    @Nullable Looked before = looked.get(table);
    if (before != null && before.stands(epoch.number(), newest)) {
      return new Reconciling.Held(Objects.requireNonNull(before.refusal()).sentence());
    }
    long begun = System.nanoTime();
    @Nullable SnapshotCount count = counts(epoch, table) ? unseen.count(table, epoch) : null;
    @Nullable Refusal refusal = refusal(epoch, table, count, confirmation);
    if (refusal == null) {
      moveAside(epoch, table);
      // In this order: a table that is noted as reconciled is not looked at again.
      records.release(table);
      records.note(epoch, table, State.RECONCILED, count, null);
      failPoint.reached(Boundary.RECONCILED);
      return new Reconciling.Settled();
    }
    if (newer) {
      log.warn(
          "left to a newer epoch table={} epoch={}: {}", table, epoch.number(), refusal.sentence());
      records.note(epoch, table, State.PASSED_OVER, count, refusal.sentence());
      return new Reconciling.Settled();
    }
    records.note(epoch, table, refusal.state(), count, refusal.sentence());
    records.hold(table, refusal.sentence());
    lookAgainLater(epoch, table, newest, refusal, begun);
    return new Reconciling.Held(refusal.sentence());
  }

  /**
   * Before the first epoch nothing was there that could have left, and its stream is not held; of
   * hot's heartbeat there is one row.
   */
  private static boolean counts(Epoch epoch, TableId table) {
    return epoch.number() > 1 && !table.equals(HEARTBEAT) && epoch.tables().containsKey(table);
  }

  private @Nullable Refusal refusal(
      Epoch epoch,
      TableId table,
      @Nullable SnapshotCount count,
      @Nullable Confirmation confirmation) {
    if (count != null) {
      return rule.refusal(epoch, table, count, confirmation);
    }
    boolean named = epoch.tables().containsKey(table) || table.equals(HEARTBEAT);
    boolean saysNothing = epoch.number() == 1 && epoch.tables().isEmpty();
    return named || saysNothing ? null : UnseenRule.unnamed(epoch, table);
  }

  private void moveAside(Epoch epoch, TableId table) throws Exception {
    if (epoch.number() > 1) {
      long moved = unseen.move(table, epoch);
      log.info("reconciled table={} epoch={} unseen={}", table, epoch.number(), moved);
    }
  }

  private Collection<TableId> everyTable() {
    Set<TableId> all = new HashSet<>();
    settings.policy().tables().forEach(table -> all.add(table.table()));
    all.add(HEARTBEAT);
    return all;
  }

  private boolean ask(String function) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(function)) {
      statement.setString(1, settings.prefix());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }
}
