package io.valmed.archive.databases.hot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands between hot and a failover after which capture goes on exactly: sentences for people,
 * none where nothing does or where hot has no standbys.
 */
public final class FailoverReadiness {
  /** A setting that names slots may quote them. */
  private static final String HELD =
      """
      SELECT trim(both ' "' FROM name) AS name
      FROM regexp_split_to_table(coalesce(current_setting('synchronized_standby_slots', true), ''), ',') AS name
      WHERE trim(both ' "' FROM name) <> ''
      """;

  private static final String PRIMARY =
      """
      WITH held AS (%s),
      slots AS (SELECT s.*, (to_jsonb(s) ->> 'failover')::boolean AS copied FROM pg_replication_slots s)
      SELECT
        (SELECT string_agg(slot_name, ', ' ORDER BY slot_name) FROM slots
         WHERE slot_type = 'physical' AND NOT temporary),
        (SELECT count(*) FROM held),
        (SELECT string_agg(name, ', ' ORDER BY name) FROM held
         WHERE name NOT IN (SELECT slot_name FROM slots WHERE slot_type = 'physical' AND active)),
        (SELECT count(*) FROM pg_stat_replication r
         WHERE r.state IN ('streaming', 'catchup') AND r.pid NOT IN (SELECT active_pid FROM slots WHERE active)),
        EXISTS (SELECT FROM slots WHERE slot_name = ? AND NOT copied)
      """
          .formatted(HELD);

  private static final String STANDBY =
      """
      WITH held AS (%s)
      SELECT
        coalesce(current_setting('sync_replication_slots', true), 'off') = 'on',
        current_setting('hot_standby_feedback') = 'on',
        (SELECT coalesce((to_jsonb(s) ->> 'synced')::boolean, false) AND NOT temporary AND wal_status <> 'lost'
         FROM pg_replication_slots s WHERE slot_name = ?),
        (SELECT string_agg(name, ', ' ORDER BY name) FROM held
         WHERE name NOT IN (SELECT slot_name FROM pg_replication_slots WHERE slot_type = 'physical'))
      """
          .formatted(HELD);

  private FailoverReadiness() {}

  /** Looks at a server of hot, primary or standby. */
  public static List<String> of(Connection server, String host, String slot) throws SQLException {
    boolean standby;
    try (PreparedStatement query = server.prepareStatement("SELECT pg_is_in_recovery()");
        ResultSet row = query.executeQuery()) {
      row.next();
      standby = row.getBoolean(1);
    }
    return standby ? ofStandby(server, host, slot) : ofPrimary(server, slot);
  }

  /**
   * Looks at the primary.
   *
   * @param hot a session in it
   * @param slot capture's slot, which need not exist
   */
  public static List<String> ofPrimary(Connection hot, String slot) throws SQLException {
    List<String> found = new ArrayList<>();
    try (PreparedStatement query = hot.prepareStatement(PRIMARY)) {
      query.setString(1, slot);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        String physical = row.getString(1);
        String missing = row.getString(3);
        if (physical != null && row.getInt(2) == 0) {
          found.add(
              "Hot has standbys (slots %s), but synchronized_standby_slots is empty: capture may read what no standby has yet, and after a failover that loses it capture stops and needs a new epoch. Set synchronized_standby_slots to the slots of the standbys that may be promoted, and reload hot."
                  .formatted(physical));
        }
        if (missing != null) {
          found.add(
              "Hot's synchronized_standby_slots names %s, which no standby uses now: capture gets no changes until one does. Start the standby, or take the name out of the setting and reload hot."
                  .formatted(missing));
        }
        if (row.getInt(4) > 0) {
          found.add(
              "%d of hot's standbys have no replication slot, so that synchronized_standby_slots cannot name them: give each one (primary_slot_name) if it may be promoted."
                  .formatted(row.getInt(4)));
        }
        if (row.getBoolean(5) && (physical != null || row.getInt(4) > 0)) {
          found.add(
              "Slot %s does not let standbys keep copies of it (FAILOVER): restart capture, which switches that on."
                  .formatted(slot));
        }
      }
    }
    return List.copyOf(found);
  }

  /**
   * Looks at a standby of the primary.
   *
   * @param standby a session in it
   * @param host its name, for the sentences
   * @param slot capture's slot
   */
  static List<String> ofStandby(Connection standby, String host, String slot) throws SQLException {
    List<String> found = new ArrayList<>();
    try (PreparedStatement query = standby.prepareStatement(STANDBY)) {
      query.setString(1, slot);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        if (!row.getBoolean(1) || !row.getBoolean(2)) {
          found.add(
              "The standby %s does not keep copies of slots: set sync_replication_slots = on and hot_standby_feedback = on there, with a dbname in primary_conninfo, and reload it."
                  .formatted(host));
        } else if (!row.getBoolean(3)) {
          found.add(
              "The standby %s has no lasting copy of slot %s yet: after its promotion capture would need a new epoch. Wait while capture runs; if it stays so, look for 'slot' in that server's log."
                  .formatted(host, slot));
        }
        if (row.getString(4) != null) {
          found.add(
              "The standby %s has synchronized_standby_slots naming %s, which it does not have: once promoted it would give capture nothing. Create those slots there or empty the setting."
                  .formatted(host, row.getString(4)));
        }
      }
    }
    return List.copyOf(found);
  }
}
