package io.valmed.archive.databases.compare;

import io.valmed.archive.databases.archive.TableVerifications;
import io.valmed.archive.databases.archive.TableVerifications.Result;
import io.valmed.archive.databases.archive.VerificationPlace.Counts;
import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** What follows from what a comparison of a table has found. */
public final class VerificationOutcome {
  private final TableVerifications tables;
  private final VerificationHold hold;

  public VerificationOutcome(Connection archive, String prefix) {
    this.tables = new TableVerifications(archive, prefix);
    this.hold = new VerificationHold(archive, prefix);
  }

  /** Rows are unequal, and the comparison goes on. */
  public void foundSoFar(TableId table, Counts counts) throws SQLException {
    hold.hold(table, counts.unequal(), counts.words() + " so far");
  }

  /** Every row is equal, or rows are not. */
  public void compared(TableId table, Counts counts) throws SQLException {
    if (counts.unequal() > 0) {
      hold.hold(table, counts.unequal(), counts.words());
      tables.end(table, Result.DIFFERS, counts.words(), counts);
      return;
    }
    // In this order: what is remembered of the hold goes first, or another one might not be set.
    tables.end(table, Result.CLEAN, inFlight(counts), counts);
    if (counts.inFlight() == 0) {
      hold.release(table);
    }
  }

  /**
   * Every row was found equal by a comparison that began then. What another one found meanwhile is
   * newer for all that is known, and stands.
   */
  public void equalSince(TableId table, Counts counts, OffsetDateTime begun) throws SQLException {
    if (!hold.foundSince(table, begun)) {
      compared(table, counts);
    }
  }

  /** The table could not be compared. */
  public void unread(TableId table, String problem) throws SQLException {
    tables.end(table, Result.UNREAD, problem, Counts.NONE);
  }

  private static @Nullable String inFlight(Counts counts) {
    return counts.inFlight() == 0
        ? null
        : "%,d changed at every look, so that no look could tell".formatted(counts.inFlight());
  }
}
