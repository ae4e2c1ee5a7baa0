package io.valmed.archive.e2e.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.e2e.support.Ledger.Entry;
import io.valmed.archive.e2e.support.Ledger.RowKey;
import io.valmed.archive.model.DepartureCause;
import io.valmed.archive.model.Operation;
import io.valmed.archive.model.RowDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares hot, topics and archive with the ledger. */
public final class Oracle {
  private final Installation installation;
  private final Ledger ledger;

  public Oracle(Installation installation, Ledger ledger) {
    this.installation = installation;
    this.ledger = ledger;
  }

  /**
   * Every ledger row is in hot and the mirror, or purged and in the cold store, equal; every
   * departure of the application is in the cold store as it last was; the mirror is hot.
   */
  public void everyCommittedRowIsKept() throws SQLException {
    for (WorldTable table : installation.world().tables()) {
      Map<List<String>, List<@Nullable String>> hot = hot(table);
      assertThat(mirror(table)).as("mirror of " + table.id()).isEqualTo(hot);
      List<Departed> cold = cold(table);
      Map<String, Integer> expected = new TreeMap<>();
      ledger
          .live()
          .forEach(
              (row, image) -> {
                if (row.table().equals(table.id())) {
                  checkLive(row, image, hot, cold);
                }
              });
      for (Entry departure : ledger.departures()) {
        if (departure.row().table().equals(table.id())) {
          expected.merge(departure.cause() + " " + departure.image(), 1, Integer::sum);
        }
      }
      assertThat(applicationDepartures(cold)).as("departures of " + table.id()).isEqualTo(expected);
    }
  }

  /** Each streamed change of a ledger row stands exactly once in its topic, in commit order. */
  public void everyChangeStandsOnceInItsTopic() throws Exception {
    TopicDump topics = installation.topics();
    for (WorldTable table : installation.world().tables()) {
      Map<List<String>, List<String>> found = new HashMap<>();
      for (TopicDump.Found change : topics.changes(table.id())) {
        if (change.change().operation() != Operation.READ
            && change.change().cause() != DepartureCause.PURGED) {
          List<@Nullable String> image = change.values(table.columns());
          found
              .computeIfAbsent(table.keyOf(image), key -> new ArrayList<>())
              .add(change.change().operation() + " " + change.change().cause() + " " + image);
        }
      }
      Map<RowKey, List<Entry>> history = ledger.history();
      history.forEach(
          (row, entries) -> {
            if (row.table().equals(table.id())) {
              assertThat(found.get(row.key()))
                  .as("changes of " + row)
                  .isEqualTo(
                      entries.stream()
                          .map(e -> e.operation() + " " + e.cause() + " " + e.image())
                          .toList());
            }
          });
    }
  }

  private static void checkLive(
      RowKey row,
      List<@Nullable String> image,
      Map<List<String>, List<@Nullable String>> hot,
      List<Departed> cold) {
    List<@Nullable String> inHot = hot.get(row.key());
    if (inHot != null) {
      assertThat(inHot).as("row in hot " + row).isEqualTo(image);
    } else {
      assertThat(cold)
          .as("purged row " + row)
          .contains(new Departed(DepartureCause.PURGED.word(), image));
    }
  }

  private static Map<String, Integer> applicationDepartures(List<Departed> cold) {
    Map<String, Integer> found = new TreeMap<>();
    for (Departed departed : cold) {
      DepartureCause cause = DepartureCause.of(departed.cause());
      if (cause != DepartureCause.PURGED) {
        found.merge(cause + " " + departed.image(), 1, Integer::sum);
      }
    }
    return found;
  }

  /** A row of the cold store. */
  private record Departed(String cause, List<@Nullable String> image) {}

  private Map<List<String>, List<@Nullable String>> hot(WorldTable table) throws SQLException {
    try (Connection connection = installation.hotAsOwner()) {
      return byKey(table, rows(connection, table.columns(), table.id().sql()));
    }
  }

  private Map<List<String>, List<@Nullable String>> mirror(WorldTable table) throws SQLException {
    try (Connection connection = installation.archiveAsOwner()) {
      return byKey(table, rows(connection, table.columns(), table.id().sql()));
    }
  }

  private List<Departed> cold(WorldTable table) throws SQLException {
    List<String> columns = new ArrayList<>(table.columns());
    columns.add("arc_cause");
    try (Connection connection = installation.archiveAsOwner()) {
      return rows(connection, columns, table.id().cold().sql()).stream()
          .map(
              row ->
                  new Departed(
                      String.valueOf(row.get(row.size() - 1)), row.subList(0, row.size() - 1)))
          .toList();
    }
  }

  private static Map<List<String>, List<@Nullable String>> byKey(
      WorldTable table, List<List<@Nullable String>> rows) {
    Map<List<String>, List<@Nullable String>> byKey = new HashMap<>();
    rows.forEach(row -> byKey.put(table.keyOf(row), row));
    return byKey;
  }

  private static List<List<@Nullable String>> rows(
      Connection connection, List<String> columns, String from) throws SQLException {
    List<List<@Nullable String>> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      statement.execute(RowDigest.SESSION_SETTINGS);
      try (ResultSet result =
          statement.executeQuery("SELECT " + WorldTable.texts(columns) + " FROM " + from)) {
        while (result.next()) {
          List<@Nullable String> row = new ArrayList<>();
          for (int i = 1; i <= columns.size(); i++) {
            row.add(result.getString(i));
          }
          rows.add(row);
        }
      }
    }
    return rows;
  }
}
