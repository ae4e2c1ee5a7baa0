package io.valmed.archive.provisioning;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Whether the hot server can give capture what it needs. */
public final class ServerCheck {
  private final String slot;

  /**
   * @param slot capture's replication slot, which may exist already
   */
  public ServerCheck(String slot) {
    this.slot = slot;
  }

  /** Everything that is in the way, all at once; changes nothing. */
  public List<PolicyProblem> check(Connection connection) throws SQLException {
    Catalog catalog = new Catalog(connection);
    List<PolicyProblem> problems = new ArrayList<>();
    if (catalog.holds("SELECT pg_is_in_recovery()")) {
      problems.add(
          PolicyProblem.error(
              "hot.url",
              "the server is a standby, which nothing can be changed on",
              "name the primary"));
    }
    String level = catalog.text("SHOW wal_level").orElse("");
    if (!level.equals("logical")) {
      problems.add(
          PolicyProblem.error(
              "hot",
              "wal_level is " + level + ", so changes cannot be read from the WAL",
              "set wal_level = logical in postgresql.conf and restart the server"));
    }
    checkSlots(catalog, problems);
    return List.copyOf(problems);
  }

  private void checkSlots(Catalog catalog, List<PolicyProblem> problems) throws SQLException {
    if (catalog.holds("SELECT true FROM pg_replication_slots WHERE slot_name = ?", slot)) {
      return;
    }
    if (catalog.holds(
        "SELECT count(*) >= current_setting('max_replication_slots')::int FROM pg_replication_slots")) {
      problems.add(
          PolicyProblem.error(
              "capture.slot",
              "all replication slots of the server are taken",
              "raise max_replication_slots and restart the server, or drop a slot that nobody needs"));
    }
    if (catalog.holds(
        "SELECT count(*) >= current_setting('max_wal_senders')::int FROM pg_stat_replication")) {
      problems.add(
          PolicyProblem.error(
              "capture.slot",
              "all WAL senders of the server are taken",
              "raise max_wal_senders and restart the server"));
    }
  }
}
