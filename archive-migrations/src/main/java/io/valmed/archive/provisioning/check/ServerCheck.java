package io.valmed.archive.provisioning.check;

import io.valmed.archive.databases.hot.TextEncoding;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.settings.PurgeSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Whether a server can give the services what they need. */
public final class ServerCheck {
  private final String slot;

  /**
   * @param slot capture's replication slot, which may exist already
   */
  public ServerCheck(String slot) {
    this.slot = slot;
  }

  /** Everything that is in the way in the archive, all at once; changes nothing. */
  public static List<PolicyProblem> ofArchive(Connection connection) throws SQLException {
    Query catalog = new Query(connection);
    List<PolicyProblem> problems = new ArrayList<>();
    checkVersion("archive", catalog, problems);
    String encoding = catalog.text("SHOW server_encoding").orElse("");
    if (!encoding.equals("UTF8")) {
      problems.add(
          PolicyProblem.error(
              "archive.url",
              "the database has the encoding "
                  + encoding
                  + ", which does not have every character that hot may have",
              "make the archive's database with 'createdb -T template0 -E UTF8'"));
    }
    for (String setting :
        catalog.texts(
            """
            SELECT name FROM pg_settings
            WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name
            """)) {
      problems.add(
          PolicyProblem.error(
              "archive, durability",
              setting
                  + " is off, so that a crash could lose what hot has purged, and purge refuses to work",
              "set " + setting + " = on in postgresql.conf and reload the server"));
    }
    for (String owner :
        catalog.texts(
            """
            SELECT coalesce('role ' || r.rolname, 'database ' || b.datname, 'the server')
            FROM pg_db_role_setting d LEFT JOIN pg_roles r ON r.oid = d.setrole LEFT JOIN pg_database b ON b.oid = d.setdatabase
            CROSS JOIN unnest(d.setconfig) AS s (config)
            WHERE s.config IN ('synchronous_commit=off', 'synchronous_commit=false')
            AND (d.setdatabase = 0 OR b.datname = current_database()) ORDER BY 1
            """)) {
      problems.add(
          PolicyProblem.error(
              "archive, durability",
              "synchronous_commit is off for " + owner + ", and purge refuses to work",
              "run ALTER … RESET synchronous_commit for it"));
    }
    return List.copyOf(problems);
  }

  /** Everything that is in the way in hot, all at once; changes nothing. */
  public List<PolicyProblem> check(Connection connection) throws SQLException {
    Query catalog = new Query(connection);
    List<PolicyProblem> problems = new ArrayList<>();
    checkVersion("hot", catalog, problems);
    if (catalog.holds("SELECT pg_is_in_recovery()")) {
      problems.add(
          PolicyProblem.error(
              "hot.url",
              "the server is a standby, which nothing can be changed on",
              "name the primary"));
    }
    String unknown = TextEncoding.unknownIn(connection);
    if (unknown != null) {
      problems.add(
          PolicyProblem.error(
              "hot.url", "database " + unknown + " " + TextEncoding.PROBLEM, TextEncoding.FIX));
    }
    String level = catalog.text("SHOW wal_level").orElse("");
    if (!level.equals("logical")) {
      problems.add(
          PolicyProblem.error(
              "hot",
              "wal_level is " + level + ", so changes cannot be read from the WAL",
              "set wal_level = logical in postgresql.conf and restart the server"));
    }
    if (catalog.text("SHOW track_counts").orElse("").equals("off")) {
      problems.add(
          PolicyProblem.error(
              "hot",
              "track_counts is off, so purge cannot see how many rows a delete takes, and deletes none",
              "set track_counts = on in postgresql.conf and reload the server"));
    }
    checkSlots(catalog, problems);
    checkOrigins(catalog, problems);
    if (catalog.text("SHOW max_slot_wal_keep_size").orElse("").equals("-1")) {
      problems.add(
          PolicyProblem.warning(
              "hot",
              "max_slot_wal_keep_size is -1: while capture is down, hot keeps WAL until its disk is full",
              "set it to what the disk can spare; a slot that falls further behind is lost, and capture tells how to begin anew"));
    }
    return List.copyOf(problems);
  }

  private static void checkVersion(String key, Query catalog, List<PolicyProblem> problems)
      throws SQLException {
    if (catalog.holds("SELECT current_setting('server_version_num')::int < 170000")) {
      problems.add(
          PolicyProblem.error(
              key,
              "the server is PostgreSQL "
                  + catalog.text("SHOW server_version").orElse("")
                  + ", which lacks transaction_timeout: a frozen purge could hold locks for ever",
              "upgrade it to PostgreSQL 17 or newer"));
    }
  }

  /** A worker's origin needs one of the server's places when it first deletes. */
  private static void checkOrigins(Query catalog, List<PolicyProblem> problems)
      throws SQLException {
    // Until PostgreSQL 18 the places were counted by max_replication_slots. Not all may see them.
    if (catalog.holds("SELECT has_table_privilege('pg_replication_origin_status', 'SELECT')")
        && catalog.holds(
            """
            SELECT count(*) >= coalesce(current_setting('max_active_replication_origins', true), current_setting('max_replication_slots'))::int
            AND NOT coalesce(bool_or(external_id ^@ ?), false)
            FROM pg_replication_origin_status
            """,
            PurgeSettings.ORIGIN_PREFIX)) {
      problems.add(
          PolicyProblem.error(
              "purge.worker",
              "all places for replication origins are taken, so that no purge worker can delete",
              "raise max_active_replication_origins (before PostgreSQL 18: max_replication_slots) and restart the server, or drop an origin that nobody needs"));
    }
  }

  private void checkSlots(Query catalog, List<PolicyProblem> problems) throws SQLException {
    boolean taken =
        catalog.holds(
            "SELECT count(*) >= current_setting('max_replication_slots')::int FROM pg_replication_slots");
    if (catalog.holds("SELECT true FROM pg_replication_slots WHERE slot_name = ?", slot)) {
      if (taken) {
        problems.add(
            PolicyProblem.warning(
                "capture.slot",
                "all replication slots of the server are taken, and './archive capture --new-epoch' needs one more for a moment",
                "raise max_replication_slots and restart the server, or drop a slot that nobody needs"));
      }
      return;
    }
    if (taken) {
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
