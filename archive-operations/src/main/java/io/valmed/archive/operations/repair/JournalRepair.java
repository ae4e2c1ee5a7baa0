package io.valmed.archive.operations.repair;

import io.valmed.archive.databases.archive.CaughtUp;
import io.valmed.archive.databases.identity.IdentityCheck;
import io.valmed.archive.databases.witness.AwaitedPages;
import io.valmed.archive.databases.witness.JournalFill;
import io.valmed.archive.databases.witness.MissingRows;
import io.valmed.archive.databases.witness.OverduePages;
import io.valmed.archive.databases.witness.WitnessHold;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.operations.repair.RepairResult.Left;
import io.valmed.archive.operations.repair.RepairResult.Reason;
import io.valmed.archive.runtime.jdbc.DigestSession;
import io.valmed.archive.runtime.server.PrimaryHost;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes departures that never came, from the mirror's row and the journal: {@code archive purge
 * repair} (ADR 0121). A row is moved only when the archive has everything that hot committed, hot
 * does not have the row, and the mirror's row has the digest that the page proved and does not
 * change while hot is asked.
 */
public final class JournalRepair {
  private static final Duration STATEMENT_LIMIT = Duration.ofMinutes(10);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int AT_ONCE = 20;
  private static final String SERVER = "SELECT system_identifier || '/' FROM pg_control_system()";

  private final Connection hot;
  private final Connection archive;
  private final Settings settings;
  private final Duration catchUp;
  private final CaughtUp progress;
  private final AwaitedPages pages;
  private final MissingRows missing;
  private final MirrorImages images;
  private final Map<TableId, Long> repaired = new LinkedHashMap<>();
  private final List<Left> left = new ArrayList<>();

  private JournalRepair(Connection hot, Connection archive, Settings settings, Duration catchUp) {
    this.hot = hot;
    this.archive = archive;
    this.settings = settings;
    this.catchUp = catchUp;
    this.progress = new CaughtUp(hot, archive, settings.capture().slot());
    this.pages = new AwaitedPages(archive, settings.prefix());
    this.missing = new MissingRows(archive);
    this.images = new MirrorImages(hot, archive, settings.policy());
  }

  /** Rows of a page that may be moved: hot does not have them. */
  private record Candidates(long page, TableId table, List<MirrorImages.Image> images) {}

  /**
   * Fills the journal again if it lacks pages, and repairs all committed ones that wait for
   * witnesses.
   *
   * @param catchUp how long to wait, each time, for the archive to have what hot has committed
   * @throws InterruptedException when told to stop
   */
  public static RepairResult run(Settings settings, Duration catchUp)
      throws SQLException, InterruptedException {
    String name = "archive purge repair";
    try (Connection hot =
            DigestSession.openByKey(
                PrimaryHost.of(settings.hot().purger()), name, STATEMENT_LIMIT);
        Connection archive =
            DigestSession.openByKey(
                PrimaryHost.of(settings.archive().purger()), name, STATEMENT_LIMIT)) {
      IdentityCheck check = new IdentityCheck(settings);
      IdentityCheck.pair(check.hot(hot), check.archive(archive));
      return new JournalRepair(hot, archive, settings, catchUp).run();
    }
  }

  private RepairResult run() throws SQLException, InterruptedException {
    // Pages that are committed later than this are none of those that are looked at.
    boolean caughtUp = awaitCaughtUp();
    int filled = caughtUp ? new JournalFill(settings).fillNow(hot, archive) : 0;
    long from = 0;
    do {
      from = pages.settleCounted(from);
    } while (from > 0);
    long after = 0;
    List<AwaitedPages.Page> some = caughtUp ? next(after) : List.of();
    while (caughtUp && !some.isEmpty()) {
      caughtUp = repair(some);
      after = some.get(some.size() - 1).id();
      some = next(after);
    }
    List<OverduePages> overdue =
        OverduePages.read(archive, settings.prefix(), settings.purge().witnessWithin());
    return new RepairResult(
        caughtUp,
        filled,
        repaired,
        left,
        new WitnessHold(archive, settings.prefix()).update(overdue));
  }

  private List<AwaitedPages.Page> next(long after) throws SQLException {
    return pages.committed(after, settings.purge().witnessWithin(), AT_ONCE);
  }

  private boolean repair(List<AwaitedPages.Page> some) throws SQLException, InterruptedException {
    String server = DigestSession.ask(hot, SERVER);
    List<Candidates> candidates = new ArrayList<>();
    for (AwaitedPages.Page page : some) {
      for (TableId table : missing.tables(page.id())) {
        long rows = missing.count(page.id(), table);
        if (rows > 0 && !page.systemId().startsWith(server)) {
          left.add(new Left(page.id(), table, rows, Reason.OTHER_SERVER));
        } else if (rows > 0) {
          look(page.id(), table, rows, candidates);
        }
      }
    }
    // Whatever hot committed until it said that the rows are gone is in the mirror now: one that
    // came again, and left again, has changed there.
    if (!candidates.isEmpty() && !awaitCaughtUp()) {
      return false;
    }
    for (Candidates those : candidates) {
      move(those);
    }
    for (AwaitedPages.Page page : some) {
      if (missing.count(page.id()) == 0) {
        pages.witnessed(page.id());
      }
    }
    return true;
  }

  private void look(long page, TableId table, long rows, List<Candidates> candidates)
      throws SQLException {
    List<MirrorImages.Image> all;
    Set<String> there;
    try {
      all = images.read(page, table, missing);
      there = new HashSet<>(images.inHot(table, missing.keys(page, table)));
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (state.startsWith("22") || state.startsWith("42")) {
        left.add(new Left(page, table, rows, Reason.NO_TABLE));
        return;
      }
      throw e;
    }
    if (!there.isEmpty()) {
      left.add(new Left(page, table, there.size(), Reason.IN_HOT));
    }
    List<MirrorImages.Image> gone =
        all.stream().filter(image -> !there.contains(image.key())).toList();
    if (rows > there.size()) {
      candidates.add(new Candidates(page, table, gone));
    }
  }

  private void move(Candidates those) throws SQLException {
    long inHot =
        left.stream()
            .filter(one -> one.page() == those.page() && one.table().equals(those.table()))
            .mapToLong(Left::rows)
            .sum();
    if (!those.images().isEmpty()) {
      long moved = images.repair(those.page(), those.table(), those.images());
      if (moved > 0) {
        repaired.merge(those.table(), moved, Long::sum);
      }
    }
    long still = missing.count(those.page(), those.table()) - inHot;
    if (still > 0) {
      left.add(new Left(those.page(), those.table(), still, Reason.NO_IMAGE));
    }
  }

  private boolean awaitCaughtUp() throws SQLException, InterruptedException {
    long wanted = Lsn.parse(DigestSession.ask(hot, "SELECT pg_current_wal_insert_lsn()::text"));
    long deadline = System.nanoTime() + catchUp.toNanos();
    while (Long.compareUnsigned(progress.lsn(), wanted) < 0) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(POLL.toMillis());
    }
    return true;
  }
}
