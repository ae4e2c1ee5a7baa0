package io.valmed.archive.purge.maintain;

import io.valmed.archive.databases.witness.AwaitedPages;
import io.valmed.archive.databases.witness.JournalFill;
import io.valmed.archive.databases.witness.MissingRows;
import io.valmed.archive.databases.witness.OverduePages;
import io.valmed.archive.databases.witness.WitnessHold;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.jdbc.TableFault;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds whether what was purged has come back as departures (ADR 0121). A page
 * that is not witnessed {@code purge.witness-within} after its commit holds its root table.
 *
 * <p>How many rows of each transaction have come is counted by the sinks; only a page of which
 * other than all have come in time is compared row by row, a few pages at a look.
 */
public final class WitnessWatch {
  private static final Logger log = LoggerFactory.getLogger(WitnessWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(10);

  /** Of a statement of a look. */
  public static final Duration LIMIT = Duration.ofSeconds(60);

  private static final int COMPARED_AT_ONCE = 10;
  private static final long AGAIN_NANOS = Duration.ofMinutes(1).toNanos();

  private final String prefix;
  private final Duration within;
  private final long everyNanos;
  private final LongSupplier nanos;
  private @Nullable Long lookedAt;
  private @Nullable Long comparedAt;
  private long counted;
  private long compared;

  /**
   * @param prefix the installation
   * @param within how long a departure may take
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   */
  public WitnessWatch(String prefix, Duration within, LongSupplier nanos) {
    this.prefix = prefix;
    this.within = within;
    this.everyNanos = Math.min(EVERY.toNanos(), within.toNanos());
    this.nanos = nanos;
  }

  /** A session in the archive, of its own, which no page keeps waiting. */
  public static Connection open(Settings settings) throws SQLException {
    String name = "archive purge witnesses " + settings.purge().worker();
    return DigestSession.openByKey(settings.archive().purger(), name, LIMIT);
  }

  /** Looks if the last look is too old, and holds or releases what follows. */
  public void lookIfDue(Connection archive, JournalFill fill) throws SQLException {
    long now = nanos.getAsLong();
    if (lookedAt == null || now - lookedAt >= everyNanos) {
      look(archive, now);
      fill.look(archive);
      lookedAt = now;
    }
  }

  private void look(Connection archive, long now) throws SQLException {
    AwaitedPages pages = new AwaitedPages(archive, prefix);
    counted = pages.settleCounted(counted);
    if (comparedAt == null || now - comparedAt >= Math.min(AGAIN_NANOS, everyNanos * 6)) {
      compare(archive, pages, now);
    }
    new WitnessHold(archive, prefix).update(OverduePages.read(archive, prefix, within));
  }

  private void compare(Connection archive, AwaitedPages pages, long now) throws SQLException {
    List<AwaitedPages.Page> some = pages.committed(compared, within, COMPARED_AT_ONCE);
    for (AwaitedPages.Page page : some) {
      if (allFound(archive, page)) {
        pages.witnessed(page.id());
      }
      compared = page.id();
    }
    if (some.size() < COMPARED_AT_ONCE) {
      compared = 0;
      comparedAt = some.isEmpty() ? null : now;
    }
  }

  /** A table that cannot be asked bears no witness, and ends nothing: its page becomes overdue. */
  private static boolean allFound(Connection archive, AwaitedPages.Page page) throws SQLException {
    try {
      return new MissingRows(archive).count(page.id()) == 0;
    } catch (SQLException e) {
      log.warn(
          "rows of journal page {} of {} cannot be looked for: one of its tables {}",
          page.id(),
          page.root(),
          TableFault.inArchive(e, archive));
      return false;
    }
  }
}
