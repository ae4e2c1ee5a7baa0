package io.valmed.archive.stack.postgres;

import io.valmed.archive.stack.Secrets;
import io.valmed.archive.stack.StackException;
import io.valmed.archive.stack.process.FreePorts;
import io.valmed.archive.stack.process.Waiting;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * A streaming standby of a PostgreSQL server on the same machine, in a directory beside its own. It
 * has a physical slot on its primary and, where the primary decodes, keeps copies of the primary's
 * failover slots. It can be promoted; then {@link #server} is a primary like any other.
 */
public final class StandbyServer implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final PostgresServer primary;
  private final PostgresServer server;
  private final String slot;

  private StandbyServer(PostgresServer primary, PostgresServer server, String slot) {
    this.primary = primary;
    this.server = server;
    this.slot = slot;
  }

  /**
   * Copies the running primary, starts the copy as its standby and returns when it can be read.
   *
   * @param name a word of lower-case letters and digits that no other standby of this server has
   */
  public static StandbyServer of(PostgresServer primary, String name) {
    PostgresCluster original = primary.cluster();
    String copied = original.name() + "-" + name;
    String slot = copied.replace('-', '_');
    Path home = original.home().resolveSibling(copied);
    Map<String, String> settings = new TreeMap<>(original.settings());
    settings.put("primary_conninfo", conninfo(primary, slot));
    settings.put("primary_slot_name", slot);
    settings.put("hot_standby_feedback", "on");
    settings.put("wal_receiver_status_interval", "1s");
    settings.put("wal_retrieve_retry_interval", "200ms");
    // A primary that does not decode has no slots to keep copies of.
    boolean decodes = "logical".equals(settings.get("wal_level"));
    settings.put("sync_replication_slots", decodes ? "on" : "off");
    PostgresCluster copy =
        new PostgresCluster(
            copied,
            home,
            original.binaries(),
            original.user(),
            settings,
            original.tls(),
            original.hurried());
    new StandbyCopy(primary, original, copy).make(slot);
    StandbyServer standby =
        new StandbyServer(
            primary, new PostgresServer(copy, new FreePorts(new SecureRandom()).next()), slot);
    standby.server.start();
    return standby;
  }

  private static String conninfo(PostgresServer primary, String slot) {
    return "host=%s port=%d user=%s password=%s dbname=postgres application_name=%s"
        .formatted(
            primary.host(),
            primary.port(),
            primary.superuser(),
            Secrets.read(primary.passwordFile()),
            slot);
  }

  /** The copy itself: to connect to, to stop, to start. */
  public PostgresServer server() {
    return server;
  }

  /** The physical slot that it has on the primary. */
  public String slot() {
    return slot;
  }

  /** From now on the primary's failover slots give out only what this standby has on its disk. */
  public void holdFailoverSlots() {
    onPrimary("ALTER SYSTEM SET synchronized_standby_slots = '" + slot + "'");
    onPrimary("SELECT pg_reload_conf()");
  }

  /** From now on the primary's failover slots wait for no standby. */
  public void releaseFailoverSlots() {
    onPrimary("ALTER SYSTEM RESET synchronized_standby_slots");
    onPrimary("SELECT pg_reload_conf()");
  }

  /**
   * Returns when this standby has a copy of the logical slot that would survive its promotion. Its
   * consumer must go on meanwhile: a copy stays temporary until the slot has come past it.
   */
  public void awaitCopied(String logicalSlot) {
    await(
        "has no lasting copy of slot " + logicalSlot,
        "SELECT synced AND NOT temporary AND invalidation_reason IS NULL"
            + " FROM pg_replication_slots WHERE slot_name = ?",
        logicalSlot,
        // Else a slot that is new comes past the standby's place only every 15 s.
        () -> onPrimary("SELECT pg_log_standby_snapshot()"));
  }

  /** Returns when this standby has no copy of the logical slot any more. */
  public void awaitNoCopy(String logicalSlot) {
    await(
        "still has a copy of slot " + logicalSlot,
        "SELECT count(*) = 0 FROM pg_replication_slots WHERE slot_name = ?",
        logicalSlot,
        () -> {});
  }

  /** Returns when this standby has replayed all that the primary has written so far. */
  public void awaitReplayed() {
    await(
        "has not replayed what its primary wrote",
        "SELECT pg_last_wal_replay_lsn() >= ?::pg_lsn",
        primaryEnd(),
        () -> {});
  }

  private String primaryEnd() {
    try (Connection connection = primary.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_current_wal_flush_lsn()::text")) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new StackException("The primary of the " + slot + " standby cannot be asked.", e);
    }
  }

  private void await(String otherwise, String sql, String parameter, Runnable meanwhile) {
    try (Connection connection = server.connect("postgres");
        PreparedStatement query = connection.prepareStatement(sql)) {
      query.setString(1, parameter);
      if (!Waiting.until(LIMIT, () -> holdsAfter(meanwhile, query))) {
        throw new StackException(
            "The standby %s %s; see %s.".formatted(slot, otherwise, server.logFile()));
      }
    } catch (SQLException e) {
      throw new StackException("The standby " + slot + " cannot be asked.", e);
    }
  }

  private static boolean holdsAfter(Runnable meanwhile, PreparedStatement query) {
    meanwhile.run();
    try (ResultSet row = query.executeQuery()) {
      return row.next() && row.getBoolean(1);
    } catch (SQLException e) {
      throw new StackException("A standby cannot be asked (" + e.getMessage() + ").", e);
    }
  }

  /** Makes it a primary, on a timeline of its own; returns when it takes writes. */
  public void promote() {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_promote(true, 120)")) {
      if (!row.next() || !row.getBoolean(1)) {
        throw new StackException("The standby " + slot + " was not promoted in time.");
      }
    } catch (SQLException e) {
      throw new StackException("The standby " + slot + " cannot be promoted.", e);
    }
  }

  private void onPrimary(String sql) {
    try (Connection connection = primary.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new StackException("The primary of the standby " + slot + " refused " + sql, e);
    }
  }

  /** Stops it and, where the primary still runs, lets go of its slot there; its data stay. */
  @Override
  public void close() {
    server.stop();
    if (primary.running()) {
      releaseFailoverSlots();
      onPrimary(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
              + " WHERE slot_name = '%s' AND NOT active".formatted(slot));
    }
  }
}
