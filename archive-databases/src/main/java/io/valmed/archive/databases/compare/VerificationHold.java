package io.valmed.archive.databases.compare;

import io.valmed.archive.databases.archive.AlarmTable;
import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the purge of a table in which rows were found unequal, and of no other, until a comparison
 * finds it equal or a person ends the hold.
 */
final class VerificationHold {
  /** Who holds. */
  static final String WHO = "purge-verification";

  private static final Logger log = LoggerFactory.getLogger(VerificationHold.class);

  // What a person has released is not held again for as many rows as that person was told of.
  private static final String HOLD =
      """
      INSERT INTO arc.purge_hold (scope, reason, held_by, prefix)
      SELECT w.scope, ?, w.who, w.prefix FROM (SELECT ?::text AS scope, ?::text AS who, ?::text AS prefix) AS w
      WHERE NOT EXISTS (
        SELECT FROM arc.purge_hold h
        WHERE h.released_at IS NULL AND h.scope = w.scope AND h.held_by = w.who AND h.prefix = w.prefix)
      AND NOT EXISTS (
        SELECT FROM arc.table_verification v
        WHERE v.prefix = w.prefix AND v.schema_name = ? AND v.table_name = ? AND v.held_rows >= ?)
      """;
  private static final String TELL =
      """
      UPDATE arc.purge_hold SET reason = ? WHERE released_at IS NULL AND scope = ? AND held_by = ? AND prefix = ?
      """;
  private static final String REMEMBER =
      """
      UPDATE arc.table_verification v SET held_rows = greatest(v.held_rows, ?)
      WHERE v.prefix = ? AND v.schema_name = ? AND v.table_name = ?
      """;
  private static final String NEWER =
      """
      SELECT EXISTS (
          SELECT FROM arc.purge_hold WHERE released_at IS NULL AND scope = ? AND held_by = ? AND prefix = ? AND held_at > ?)
        OR EXISTS (
          SELECT FROM arc.table_verification
          WHERE prefix = ? AND schema_name = ? AND table_name = ? AND result = 'differs' AND compared_at > ?)
      """;
  private static final String RELEASE =
      """
      UPDATE arc.purge_hold SET released_by = held_by, released_at = clock_timestamp()
      WHERE released_at IS NULL AND scope = ? AND held_by = ? AND prefix = ? RETURNING scope
      """;

  private final Connection archive;
  private final String prefix;

  /**
   * @param archive a session in auto-commit mode
   * @param prefix the installation
   */
  VerificationHold(Connection archive, String prefix) {
    this.archive = archive;
    this.prefix = prefix;
  }

  /**
   * Holds the table's purge, or tells the hold that there is what has been found by now.
   *
   * @param unequal how many rows were found unequal
   * @param found what was found, in words
   */
  void hold(TableId table, long unequal, String found) throws SQLException {
    String reason =
        "Comparing hot with the archive found rows of %s that are not equal (%s). Run './archive verify' to see which. If hot is right, './archive capture --new-epoch' copies the table anew and keeps in the cold store what the archive had; if not, put hot right first. This hold ends when a comparison finds the table equal; './archive verify' is one."
            .formatted(table, found);
    boolean held;
    archive.setAutoCommit(false);
    try {
      held = insert(table, unequal, reason);
      if (held) {
        new AlarmTable(archive, prefix).note("verification", table.toString(), reason);
      }
      if (held || tell(table, reason)) {
        remember(table, unequal);
      }
      archive.commit();
    } catch (SQLException | RuntimeException e) {
      archive.rollback();
      throw e;
    } finally {
      archive.setAutoCommit(true);
    }
    if (held) {
      log.error("ALARM purging of {} is held: {}", table, reason);
    }
  }

  private boolean insert(TableId table, long unequal, String reason) throws SQLException {
    try (PreparedStatement insert = archive.prepareStatement(HOLD)) {
      insert.setString(1, reason);
      insert.setString(2, table.toString());
      insert.setString(3, WHO);
      insert.setString(4, prefix);
      insert.setString(5, table.schema());
      insert.setString(6, table.name());
      insert.setLong(7, unequal);
      return insert.executeUpdate() > 0;
    }
  }

  private boolean tell(TableId table, String reason) throws SQLException {
    try (PreparedStatement update = archive.prepareStatement(TELL)) {
      update.setString(1, reason);
      update.setString(2, table.toString());
      update.setString(3, WHO);
      update.setString(4, prefix);
      return update.executeUpdate() > 0;
    }
  }

  private void remember(TableId table, long unequal) throws SQLException {
    try (PreparedStatement update = archive.prepareStatement(REMEMBER)) {
      update.setLong(1, unequal);
      update.setString(2, prefix);
      update.setString(3, table.schema());
      update.setString(4, table.name());
      update.executeUpdate();
    }
  }

  /** Whether rows were found unequal after that moment of the archive's clock. */
  boolean foundSince(TableId table, OffsetDateTime moment) throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(NEWER)) {
      query.setString(1, table.toString());
      query.setString(2, WHO);
      query.setString(3, prefix);
      query.setObject(4, moment);
      query.setString(5, prefix);
      query.setString(6, table.schema());
      query.setString(7, table.name());
      query.setObject(8, moment);
      try (ResultSet row = query.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  /** The table was found equal: its hold ends, if there is one. */
  void release(TableId table) throws SQLException {
    try (PreparedStatement update = archive.prepareStatement(RELEASE)) {
      update.setString(1, table.toString());
      update.setString(2, WHO);
      update.setString(3, prefix);
      try (ResultSet row = update.executeQuery()) {
        if (row.next()) {
          log.info("{} is equal in hot and archive: its purging is no longer held", table);
        }
      }
    }
  }
}
