package io.valmed.archive.e2e.operator;

import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Ledger.RowKey;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.RowDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares hot, mirror, cold store and journal with the ledger. */
final class LivesOracle {
  private final Scene scene;
  private final Installation installation;
  private final Set<Image> seenUnseen = new HashSet<>();
  private final Set<Image> gone = new HashSet<>();

  LivesOracle(Scene scene) {
    this.scene = scene;
    this.installation = scene.installation();
  }

  /**
   * What was found, as lists of what to tell.
   *
   * @param lost images that are nowhere, or other than they were
   * @param wronglyGone rows that are filed as unseen and were in hot all the time
   * @param unproven rows of the journal without an equal image
   * @param untrue 'verify' said what is not so
   * @param twice rows that left twice, or are still there; where nothing is ever put back
   */
  record Found(
      List<String> lost,
      List<String> wronglyGone,
      List<String> unproven,
      List<String> untrue,
      List<String> twice) {
    static Found nothing() {
      return new Found(
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>());
    }

    boolean none() {
      return lost.isEmpty()
          && wronglyGone.isEmpty()
          && unproven.isEmpty()
          && untrue.isEmpty()
          && twice.isEmpty();
    }

    @Override
    public String toString() {
      return "lost %d %s%nwrongly gone %d %s%nunproven %d %s%nverify untrue %d %s%ntwice %d %s"
          .formatted(
              lost.size(),
              first(lost),
              wronglyGone.size(),
              first(wronglyGone),
              unproven.size(),
              first(unproven),
              untrue.size(),
              untrue,
              twice.size(),
              first(twice));
    }

    private static List<String> first(List<String> all) {
      return all.subList(0, Math.min(4, all.size()));
    }
  }

  /**
   * Looks at everything; all is quiet.
   *
   * @param holds open holds
   * @param clean what 'verify' said
   */
  Found judge(List<String> holds, boolean clean) throws SQLException {
    List<Image> hot = scene.application().observe();
    Set<Long> livedOn = scene.lives().livedOn();
    List<List<Image>> owed = scene.lives().owed();
    // Whoever is told that all is well looks for nothing more, whatever was told before.
    boolean mended = clean && holds.isEmpty();
    List<String> alarms = Evidence.alarms(installation);
    List<String> keptAlarms = Evidence.keptAlarms(installation);
    Set<Long> parked = Evidence.parked(installation);
    Found found = Found.nothing();
    boolean equal = true;
    for (TableId table : scene.world().ids()) {
      boolean named = !mended && Evidence.named(alarms, holds, table);
      List<Image> mirror = Evidence.mirror(installation, table);
      List<Image> cold = Evidence.cold(installation, table);
      equal &= mirrorIsHot(of(hot, table), mirror, named, found);
      // What came and went while its table was parked is in the parked topic alone until the next
      // epoch, or in a form that it cannot come home in; an alarm says so.
      boolean stays =
          keptAlarms.stream().anyMatch(alarm -> alarm.contains("While table " + table + " was"));
      Set<Long> told =
          stays || (!mended && Evidence.named(keptAlarms, List.of(), table)) ? parked : Set.of();
      departed(
          ownedBy(owed, table).stream()
              .filter(life -> life.stream().noneMatch(image -> told.contains(image.stamp())))
              .toList(),
          cold,
          mirror,
          named,
          found);
      wronglyGone(cold, livedOn, named, found);
      found.unproven().addAll(unproven(table));
      if (!scene.world().isPutBack()) {
        twice(of(hot, table), cold, found);
      }
    }
    if (clean != equal && holds.isEmpty()) {
      found.untrue().add("verify says " + (clean ? "clean" : "not clean") + ", and it is not so");
    }
    return found;
  }

  private static List<Image> of(List<Image> all, TableId table) {
    return all.stream().filter(image -> image.row().table().equals(table)).toList();
  }

  private static List<List<Image>> ownedBy(List<List<Image>> all, TableId table) {
    return all.stream().filter(life -> life.get(0).row().table().equals(table)).toList();
  }

  private static boolean mirrorIsHot(
      List<Image> hot, List<Image> mirror, boolean named, Found found) {
    Map<RowKey, Image> byRow = new HashMap<>();
    mirror.forEach(image -> byRow.put(image.row(), image));
    boolean equal = true;
    for (Image image : hot) {
      Image archived = byRow.remove(image.row());
      if (archived == null || !image.isKeptBy(archived)) {
        equal = false;
        if (!named) {
          found.lost().add("hot " + image + ", mirror " + archived);
        }
      }
    }
    if (!byRow.isEmpty() && !named) {
      found.lost().add("in the mirror, not in hot: " + byRow.values().iterator().next());
    }
    return equal && byRow.isEmpty();
  }

  private void departed(
      List<List<Image>> owed, List<Image> cold, List<Image> mirror, boolean named, Found found) {
    Map<Long, List<Image>> kept = new HashMap<>();
    cold.forEach(i -> kept.computeIfAbsent(i.stamp(), s -> new ArrayList<>()).add(i));
    mirror.forEach(i -> kept.computeIfAbsent(i.stamp(), s -> new ArrayList<>()).add(i));
    for (List<Image> life : owed) {
      boolean isKept =
          life.stream()
              .anyMatch(
                  image ->
                      kept.getOrDefault(image.stamp(), List.of()).stream()
                          .anyMatch(
                              archived ->
                                  image.isKeptBy(archived)
                                      || scene.lives().inAnyForm(image.stamp())));
      if (!isKept && !named) {
        found.lost().add("left hot and is nowhere: " + life + " but " + stamped(kept, life));
      }
    }
  }

  private static List<Image> stamped(Map<Long, List<Image>> kept, List<Image> life) {
    return life.stream()
        .flatMap(image -> kept.getOrDefault(image.stamp(), List.of()).stream())
        .toList();
  }

  private static void twice(List<Image> hot, List<Image> cold, Found found) {
    Set<List<Object>> there = new HashSet<>();
    hot.forEach(image -> there.add(List.of(image.row(), image.stamp())));
    for (Image image : cold) {
      boolean left = image.cause().equals("purged") || image.cause().equals("deleted");
      if (left && !there.add(List.of(image.row(), image.stamp()))) {
        found.twice().add(image.toString());
      }
    }
  }

  private void wronglyGone(List<Image> cold, Set<Long> livedOn, boolean named, Found found) {
    for (Image image : cold) {
      if (image.cause().equals("unseen")
          && seenUnseen.add(image)
          && livedOn.contains(image.stamp())
          && !named) {
        gone.add(image);
      }
      if (gone.contains(image)) {
        found.wronglyGone().add(image.toString());
      }
    }
  }

  /** Rows of committed pages that no image of the archive proves. */
  private List<String> unproven(TableId table) throws SQLException {
    Set<String> proven = new HashSet<>();
    List<String> unproven = new ArrayList<>();
    try (Connection connection = installation.archiveAsOwner();
        Statement statement = connection.createStatement()) {
      statement.execute(RowDigest.SESSION_SETTINGS);
      for (List<String> columns : versions(statement, table)) {
        for (TableId from : List.of(table, table.cold())) {
          String digest = RowDigest.expression("c", columns);
          add(statement, "SELECT encode(" + digest + ", 'hex') FROM " + from.sql() + " c", proven);
        }
      }
      Set<String> journal = new HashSet<>();
      String committed =
          "SELECT encode(r.digest, 'hex') FROM arc.purge_row r JOIN arc.purge_page p ON p.id = r.page"
              + " WHERE p.outcome = 'committed' AND r.table_name = '%s'";
      add(statement, committed.formatted(table), journal);
      journal.stream()
          .filter(digest -> !proven.contains(digest))
          .forEach(digest -> unproven.add(table + " " + digest));
    }
    return unproven;
  }

  private static List<List<String>> versions(Statement statement, TableId table)
      throws SQLException {
    List<List<String>> versions = new ArrayList<>();
    String sql =
        "SELECT (SELECT array_agg(c ->> 'name' ORDER BY i) FROM jsonb_array_elements(columns)"
            + " WITH ORDINALITY e(c, i)) FROM arc.table_version WHERE schema_name = '%s' AND table_name = '%s'";
    try (ResultSet rows = statement.executeQuery(sql.formatted(table.schema(), table.name()))) {
      while (rows.next()) {
        versions.add(List.of((String[]) rows.getArray(1).getArray()));
      }
    }
    return versions.stream().distinct().toList();
  }

  private static void add(Statement statement, String sql, Set<String> to) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        to.add(rows.getString(1));
      }
    }
  }
}
