package io.valmed.archive.e2e.support;

import io.valmed.archive.e2e.support.Ledger.Entry;
import io.valmed.archive.e2e.support.Ledger.RowKey;
import io.valmed.archive.e2e.support.StoredRows.Departed;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Operation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares hot, topics and archive with the ledger. */
public final class Oracle {
  private final Installation installation;
  private final Ledger ledger;
  private final Findings findings = new Findings();

  public Oracle(Installation installation, Ledger ledger) {
    this.installation = installation;
    this.ledger = ledger;
  }

  /** As {@link #judgeRows}; fails when anything is found. */
  public void everyCommittedRowIsKept() throws SQLException {
    judgeRows();
    findings.assertNone();
  }

  /** As {@link #judgeTopics}; fails when anything is found. */
  public void everyChangeStandsOnceInItsTopic() throws Exception {
    judgeTopics();
    findings.assertNone();
  }

  /** What was found so far. */
  public Findings findings() {
    return findings;
  }

  /**
   * Every ledger row is in hot and the mirror, or purged and once in the cold store, equal; every
   * departure of the application is once in the cold store as it last was; the mirror is hot;
   * nothing was purged in another state than its last.
   */
  public void judgeRows() throws SQLException {
    Map<RowKey, List<@Nullable String>> live = ledger.live();
    List<Entry> departures = ledger.departures();
    Set<RowKey> known = ledger.rows();
    for (WorldTable table : installation.world().tables()) {
      StoredRows stored = StoredRows.read(installation, table);
      mirrorIsHot(table, stored);
      Map<List<@Nullable String>, Integer> purged = new HashMap<>();
      Map<String, Integer> departed = new HashMap<>();
      for (Departed row : stored.cold()) {
        if (DepartureCause.of(row.cause()) == DepartureCause.PURGED) {
          purged.merge(row.image(), 1, Integer::sum);
        } else {
          departed.merge(DepartureCause.of(row.cause()) + " " + row.image(), 1, Integer::sum);
        }
      }
      live.forEach(
          (row, image) -> {
            if (row.table().equals(table.id())) {
              judgeLive(row, image, stored.hot(), purged);
            }
          });
      onlyLastStatesWerePurged(table, purged, live, known);
      for (Entry departure : departures) {
        if (departure.row().table().equals(table.id())) {
          departed.merge(departure.cause() + " " + departure.image(), -1, Integer::sum);
        }
      }
      departed.forEach((image, surplus) -> surplus(surplus, "departure " + table.id(), image));
    }
  }

  /**
   * The journal's rows are the purged ones, with equal digests. Only for tables whose columns have
   * stayed as they are: a digest is over the columns that hot had then.
   */
  public void judgeJournal() throws SQLException {
    Journal.compare(installation, findings);
  }

  private void mirrorIsHot(WorldTable table, StoredRows stored) {
    stored
        .hot()
        .forEach(
            (key, row) -> {
              if (!row.equals(stored.mirror().get(key))) {
                findings
                    .lost()
                    .add(table.id() + ": hot " + row + ", mirror " + stored.mirror().get(key));
              }
            });
    stored
        .mirror()
        .forEach(
            (key, row) -> {
              if (!stored.hot().containsKey(key)) {
                findings.twice().add(table.id() + ": in the mirror, not in hot " + row);
              }
            });
  }

  private void judgeLive(
      RowKey row,
      List<@Nullable String> image,
      Map<List<String>, List<@Nullable String>> hot,
      Map<List<@Nullable String>, Integer> purged) {
    List<@Nullable String> inHot = hot.get(row.key());
    int left = purged.getOrDefault(image, 0);
    if (inHot == null) {
      surplus(left - 1, "purged row " + row, image.toString());
    } else if (!inHot.equals(image)) {
      findings.lost().add("hot " + inHot + " instead of " + image);
    } else if (left > 0) {
      findings.twice().add("in hot and purged: " + row + " " + image);
    }
  }

  /** A row of the ledger that was purged in a state that was not its last. */
  private void onlyLastStatesWerePurged(
      WorldTable table,
      Map<List<@Nullable String>, Integer> purged,
      Map<RowKey, List<@Nullable String>> live,
      Set<RowKey> known) {
    for (List<@Nullable String> image : purged.keySet()) {
      RowKey row = new RowKey(table.id(), table.keyOf(image));
      if (known.contains(row) && !image.equals(live.get(row))) {
        findings.unproven().add("purged as " + image + ", but last was " + live.get(row));
      }
    }
  }

  private void surplus(int surplus, String what, String image) {
    if (surplus < 0) {
      findings.lost().add(what + " is missing " + -surplus + " times: " + image);
    } else if (surplus > 0) {
      findings.twice().add(what + " is there " + surplus + " times too often: " + image);
    }
  }

  /** Each streamed change of a ledger row stands exactly once in its topic, in commit order. */
  public void judgeTopics() throws Exception {
    Map<RowKey, List<Entry>> history = ledger.history();
    for (WorldTable table : installation.world().tables()) {
      Map<List<String>, List<String>> found = changesInTopic(table);
      history.forEach(
          (row, entries) -> {
            if (row.table().equals(table.id())) {
              List<String> expected = new ArrayList<>();
              entries.forEach(e -> expected.add(text(e.operation(), e.cause(), e.image())));
              judgeRow(row, expected, found.getOrDefault(row.key(), List.of()));
            }
          });
    }
  }

  private Map<List<String>, List<String>> changesInTopic(WorldTable table) throws Exception {
    Map<List<String>, List<String>> found = new HashMap<>();
    installation
        .topics()
        .eachChange(
            table.id(),
            change -> {
              if (change.change().operation() != Operation.READ
                  && change.change().cause() != DepartureCause.PURGED) {
                List<@Nullable String> image = change.values(table.columns());
                found
                    .computeIfAbsent(table.keyOf(image), key -> new ArrayList<>())
                    .add(text(change.change().operation(), change.change().cause(), image));
              }
            });
    return found;
  }

  private static String text(
      Operation operation, @Nullable DepartureCause cause, List<@Nullable String> image) {
    return operation + " " + cause + " " + image;
  }

  private void judgeRow(RowKey row, List<String> expected, List<String> found) {
    if (found.equals(expected)) {
      return;
    }
    List<String> missing = new ArrayList<>(expected);
    found.forEach(missing::remove);
    List<String> extra = new ArrayList<>(found);
    expected.forEach(extra::remove);
    if (missing.isEmpty() && extra.isEmpty()) {
      findings.disordered().add("topic: " + row + " has " + found + " instead of " + expected);
    }
    missing.forEach(change -> findings.lost().add("topic: " + change));
    extra.forEach(change -> findings.twice().add("topic: " + change));
  }
}
