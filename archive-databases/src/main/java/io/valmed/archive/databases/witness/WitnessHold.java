package io.valmed.archive.databases.witness;

import io.valmed.archive.databases.archive.AlarmTable;
import io.valmed.archive.runtime.jdbc.TextArray;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the tables whose purged rows have not come as departures in time, and releases them. */
public final class WitnessHold {
  /** Who holds. */
  static final String WHO = "purge-witnesses";

  private static final Logger log = LoggerFactory.getLogger(WitnessHold.class);
  private static final String HOLD =
      """
      INSERT INTO arc.purge_hold (scope, reason, held_by, prefix)
      SELECT w.scope, ?, w.who, w.prefix FROM (SELECT ?::text AS scope, ?::text AS who, ?::text AS prefix) AS w
      WHERE NOT EXISTS (
        SELECT FROM arc.purge_hold h
        WHERE h.released_at IS NULL AND h.scope = w.scope AND h.held_by = w.who AND h.prefix = w.prefix)
      """;
  private static final String RELEASE =
      """
      UPDATE arc.purge_hold SET released_by = held_by, released_at = clock_timestamp()
      WHERE released_at IS NULL AND held_by = ? AND prefix = ? AND scope <> ALL (?::text[]) RETURNING scope
      """;

  private final Connection archive;
  private final String prefix;

  /**
   * @param prefix the installation
   */
  public WitnessHold(Connection archive, String prefix) {
    this.archive = archive;
    this.prefix = prefix;
  }

  /**
   * Holds tables that have overdue pages which no person knows of, and releases those without any.
   *
   * @return the tables that were released
   */
  public List<String> update(List<OverduePages> overdue) throws SQLException {
    for (OverduePages pages : overdue) {
      if (pages.news()) {
        hold(pages);
      }
    }
    return release(overdue.stream().map(OverduePages::root).toList());
  }

  private void hold(OverduePages pages) throws SQLException {
    String reason =
        "Purged rows have not all come to the cold store within purge.witness-within (journal pages: %,d; the oldest is page %d of %s); start capture and sink if they are down, else run './archive purge repair', which makes what is missing from the mirror and the journal and ends this hold."
            .formatted(pages.pages(), pages.oldest(), pages.since());
    try (PreparedStatement insert = archive.prepareStatement(HOLD)) {
      insert.setString(1, reason);
      insert.setString(2, pages.root());
      insert.setString(3, WHO);
      insert.setString(4, prefix);
      if (insert.executeUpdate() > 0) {
        new AlarmTable(archive, prefix).note("witnesses", pages.root(), reason);
        log.error("ALARM purging of {} is held: {}", pages.root(), reason);
      }
    }
  }

  private List<String> release(List<String> but) throws SQLException {
    List<String> released = new ArrayList<>();
    try (PreparedStatement update = archive.prepareStatement(RELEASE)) {
      update.setString(1, WHO);
      update.setString(2, prefix);
      update.setString(3, TextArray.write(but));
      try (ResultSet row = update.executeQuery()) {
        while (row.next()) {
          released.add(row.getString(1));
        }
      }
    }
    released.forEach(
        table -> log.info("all purged rows of {} are witnessed: no longer held", table));
    return released;
  }
}
