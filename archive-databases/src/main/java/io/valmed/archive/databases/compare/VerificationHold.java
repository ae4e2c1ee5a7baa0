package io.valmed.archive.databases.compare;

import io.valmed.archive.databases.archive.AlarmTable;
import io.valmed.archive.databases.hold.HoldTable;
import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.jdbc.UnitOfWork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
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
  private static final String TOLD =
      """
      SELECT EXISTS (
        SELECT FROM arc.table_verification
        WHERE prefix = ? AND schema_name = ? AND table_name = ? AND held_rows >= ?)
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

  private final Connection archive;
  private final String prefix;
  private final HoldTable holds;

  /**
   * @param archive a session in auto-commit mode
   * @param prefix the installation
   */
  VerificationHold(Connection archive, String prefix) {
    this.archive = archive;
    this.prefix = prefix;
    this.holds = new HoldTable(archive, prefix);
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
    boolean held =
        UnitOfWork.of(
            archive,
            () -> {
              boolean added =
                  !told(table, unequal) && holds.hold(table.toString(), reason, WHO).isPresent();
              if (added) {
                new AlarmTable(archive, prefix).note("verification", table.toString(), reason);
              }
              if (added || holds.describe(table.toString(), reason, WHO)) {
                remember(table, unequal);
              }
              return added;
            });
    if (held) {
      log.error("ALARM purging of {} is held: {}", table, reason);
    }
  }

  private boolean told(TableId table, long unequal) throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(TOLD)) {
      query.setString(1, prefix);
      query.setString(2, table.schema());
      query.setString(3, table.name());
      query.setLong(4, unequal);
      try (ResultSet row = query.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
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
    if (!holds.release(WHO, List.of(table.toString())).isEmpty()) {
      log.info("{} is equal in hot and archive: its purging is no longer held", table);
    }
  }
}
