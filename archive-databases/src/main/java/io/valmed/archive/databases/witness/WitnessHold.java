package io.valmed.archive.databases.witness;

import io.valmed.archive.databases.archive.AlarmTable;
import io.valmed.archive.databases.hold.HoldTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the tables whose purged rows have not come as departures in time, and releases them. */
public final class WitnessHold {
  /** Who holds. */
  static final String WHO = "purge-witnesses";

  private static final Logger log = LoggerFactory.getLogger(WitnessHold.class);

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
    if (new HoldTable(archive, prefix).hold(pages.root(), reason, WHO).isPresent()) {
      new AlarmTable(archive, prefix).note("witnesses", pages.root(), reason);
      log.error("ALARM purging of {} is held: {}", pages.root(), reason);
    }
  }

  private List<String> release(List<String> but) throws SQLException {
    List<String> released = new HoldTable(archive, prefix).releaseAllBut(WHO, but);
    released.forEach(
        table -> log.info("all purged rows of {} are witnessed: no longer held", table));
    return released;
  }
}
