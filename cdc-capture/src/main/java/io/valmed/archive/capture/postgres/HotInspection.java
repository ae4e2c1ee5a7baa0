package io.valmed.archive.capture.postgres;

import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.capture.schema.Catalog.Description;
import io.valmed.archive.capture.start.HotState;
import io.valmed.archive.capture.start.Published;
import io.valmed.archive.databases.hot.TextEncoding;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.MalformedChangeException;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.CaptureSettings;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Looks at what hot has for capture. */
public final class HotInspection {
  /** The version of PostgreSQL whose standbys can keep copies of a primary's logical slots. */
  static final int FAILOVER_SINCE = 17;

  private static final String SLOT =
      """
      SELECT coalesce(active_pid, 0),
             CASE WHEN wal_status = 'lost' THEN coalesce(to_jsonb(s) ->> 'invalidation_reason',
                                                         'its WAL was removed') END,
             coalesce(confirmed_flush_lsn, '0/0')::text,
             coalesce((to_jsonb(s) ->> 'failover')::boolean,
                      current_setting('server_version_num')::int < 170000)
      FROM pg_replication_slots s WHERE slot_name = ?
      """;

  private static final String PUBLICATION =
      """
      SELECT pubinsert AND pubupdate AND pubdelete AND pubtruncate,
             concat_ws(' ', p.oid, p.xmin, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot,
                       puballtables, to_jsonb(p) ->> 'pubgencols')
      FROM pg_publication p WHERE pubname = ?
      """;

  /** A table that is published with its schema or with all tables has no row here. */
  private static final String FACTS =
      """
      SELECT n.nspname, c.relname,
             concat_ws(' ', c.oid, r.oid, r.xmin, md5(r.prqual::text), '(' || r.prattrs::text || ')')
      FROM pg_publication_rel r
      JOIN pg_publication p ON p.oid = r.prpubid
      JOIN pg_class c ON c.oid = r.prrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE p.pubname = ?
      """;

  private static final String PUBLISHED =
      """
      SELECT schemaname, tablename, coalesce(attnames::text[], '{}'), rowfilter IS NOT NULL
      FROM pg_publication_tables WHERE pubname = ? ORDER BY 1, 2
      """;

  private static final String HEARTBEAT =
      "SELECT epoch, beat, positions FROM arc.heartbeat WHERE slot = ?";

  private static final String RELATIONS =
      """
      SELECT c.oid::bigint, n.nspname, c.relname
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
      """;

  private final DatabaseLogin hot;
  private final CaptureSettings capture;

  public HotInspection(DatabaseLogin hot, CaptureSettings capture) {
    this.hot = hot;
    this.capture = capture;
  }

  /**
   * Looks at hot. The catalogs are read one after the other, and a DDL may commit in between: then
   * they are read again, until the publication is the same before and after.
   *
   * @throws StopException when nobody knows what hot's texts are written in
   * @throws SQLException when hot cannot be asked
   */
  public HotState inspect(List<PolicyTable> tables) throws SQLException {
    ReplicationLogin.HotSystem system = new ReplicationLogin(hot).identify();
    try (Connection connection = HotSession.open(hot, "valmed-archive capture")) {
      try (Statement settings = connection.createStatement()) {
        settings.execute(RowDigest.SESSION_SETTINGS);
      }
      String unknown = TextEncoding.unknownIn(connection);
      if (unknown != null) {
        throw new StopException(
            "Hot's database %s %s. Way out: %s."
                .formatted(unknown, TextEncoding.PROBLEM, TextEncoding.FIX));
      }
      HotState.Publication before = publication(connection);
      while (true) {
        Map<TableId, Description> described = described(connection, tables);
        Map<TableId, String> shapes = new TableShapes(connection).of(tables, described);
        HotState state =
            new HotState(
                new HotState.Database(
                    system.id(), system.timeline(), system.flushedLsn(), system.left()),
                heartbeat(connection),
                slot(connection),
                before == null ? null : before.with(shapes),
                described,
                relations(connection));
        HotState.Publication after = publication(connection);
        if (Objects.equals(before, after)) {
          return state;
        }
        before = after;
      }
    }
  }

  private static Map<TableId, Description> described(
      Connection connection, List<PolicyTable> tables) throws SQLException {
    Map<TableId, Description> found = new HashMap<>();
    TableDescriptions descriptions = new TableDescriptions(connection);
    for (PolicyTable table : tables) {
      Description description = descriptions.of(table.table());
      if (description != null) {
        found.put(table.table(), description);
      }
    }
    return found;
  }

  /** Drops the slot; a reader that has just gone may still hold it for a moment, which fails. */
  public void dropSlot() throws SQLException {
    try (Connection connection = HotSession.open(hot, "valmed-archive capture");
        PreparedStatement drop =
            connection.prepareStatement("SELECT pg_drop_replication_slot(?)")) {
      drop.setString(1, capture.slot());
      drop.execute();
    }
  }

  /**
   * Lets standbys keep copies of the slot; nobody may be reading from it.
   *
   * @throws SQLException when hot refuses, or cannot be asked
   */
  public void letStandbysCopySlot() throws SQLException {
    try (Connection replication = new ReplicationLogin(hot).connect();
        Statement alter = replication.createStatement()) {
      alter.execute(
          "ALTER_REPLICATION_SLOT " + Sql.identifier(capture.slot()) + " (FAILOVER true)");
    }
  }

  /**
   * Makes sure that the address still leads to that server.
   *
   * @throws SQLException when it does not, to be opened anew; or when hot cannot be asked
   */
  public void checkStillAt(String systemId, int timeline) throws SQLException {
    ReplicationLogin.HotSystem now = new ReplicationLogin(hot).identify();
    if (!now.id().equals(systemId) || now.timeline() != timeline) {
      throw new SQLException(
          "hot's address leads to another server than a moment ago (timeline %d, now %d)"
              .formatted(timeline, now.timeline()),
          "08006");
    }
  }

  /**
   * The slot as hot has it now; null: not at all.
   *
   * @throws SQLException when hot cannot be asked
   */
  public HotState.@Nullable Slot slot() throws SQLException {
    try (Connection connection = HotSession.open(hot, "valmed-archive capture")) {
      return slot(connection);
    }
  }

  private HotState.@Nullable Slot slot(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(SLOT)) {
      query.setString(1, capture.slot());
      try (ResultSet rows = query.executeQuery()) {
        return rows.next()
            ? new HotState.Slot(
                rows.getInt(1), rows.getString(2), Lsn.parse(rows.getString(3)), rows.getBoolean(4))
            : null;
      }
    }
  }

  private HotState.@Nullable Publication publication(Connection connection) throws SQLException {
    boolean all;
    String fact;
    try (PreparedStatement query = connection.prepareStatement(PUBLICATION)) {
      query.setString(1, capture.publication());
      try (ResultSet rows = query.executeQuery()) {
        if (!rows.next()) {
          return null;
        }
        all = rows.getBoolean(1);
        fact = rows.getString(2);
      }
    }
    Map<TableId, List<String>> tables = new HashMap<>();
    List<TableId> filtered = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(PUBLISHED)) {
      query.setString(1, capture.publication());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          TableId table = new TableId(rows.getString(1), rows.getString(2));
          Array names = rows.getArray(3);
          tables.put(table, List.of((String[]) names.getArray()));
          if (rows.getBoolean(4)) {
            filtered.add(table);
          }
        }
      }
    }
    return new HotState.Publication(
        all, tables, filtered, new Published(fact, facts(connection), Map.of()));
  }

  /**
   * The heartbeat is left out: a beat that was lost never passes, and no other row depends on it.
   */
  private Map<TableId, String> facts(Connection connection) throws SQLException {
    Map<TableId, String> facts = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(FACTS)) {
      query.setString(1, capture.publication());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          facts.put(new TableId(rows.getString(1), rows.getString(2)), rows.getString(3));
        }
      }
    }
    facts.remove(PassedBeats.TABLE);
    return facts;
  }

  private static Map<Long, TableId> relations(Connection connection) throws SQLException {
    Map<Long, TableId> relations = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(RELATIONS);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        relations.put(rows.getLong(1), new TableId(rows.getString(2), rows.getString(3)));
      }
    }
    return relations;
  }

  private HotState.Heartbeat heartbeat(Connection connection) throws SQLException {
    try (PreparedStatement exists =
            connection.prepareStatement("SELECT to_regclass('arc.heartbeat') IS NOT NULL");
        ResultSet there = exists.executeQuery()) {
      there.next();
      if (!there.getBoolean(1)) {
        return HotState.Heartbeat.NONE;
      }
    }
    try (PreparedStatement query = connection.prepareStatement(HEARTBEAT)) {
      query.setString(1, capture.slot());
      try (ResultSet rows = query.executeQuery()) {
        return rows.next()
            ? new HotState.Heartbeat(rows.getInt(1), rows.getLong(2), positions(rows.getString(3)))
            : HotState.Heartbeat.NONE;
      }
    }
  }

  private static Positions positions(String json) {
    try {
      return Positions.fromJson(json);
    } catch (MalformedChangeException e) {
      throw new StopException(
          "Column positions of arc.heartbeat in hot does not hold positions. Run './archive migrate"
              + " hot up', then './archive capture --new-epoch'.",
          e);
    }
  }
}
