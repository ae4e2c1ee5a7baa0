package io.valmed.archive.purge.lane;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.pace.Haste;
import io.valmed.archive.purge.page.HotPage;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.purge.page.LockedPage;
import io.valmed.archive.purge.page.LockedRoots;
import io.valmed.archive.purge.page.PageRequest;
import io.valmed.archive.purge.page.PageRows;
import io.valmed.archive.purge.page.ProvenRows;
import io.valmed.archive.purge.page.UnprovenDeleteException;
import io.valmed.archive.purge.page.WholePage;
import io.valmed.archive.purge.page.WholeProof;
import io.valmed.archive.purge.page.WholeRows;
import io.valmed.archive.runtime.jdbc.SqlState;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes one page at a time through its hot transaction, with a session of its own in either
 * database: {@link #lock}, {@link #prove}, {@link #finish}. They may run on different threads, one
 * after the other.
 */
public final class PurgeLane implements AutoCloseable {
  /** The second is ON DELETE RESTRICT's. */
  private static final Set<String> REFERENCED =
      Set.of(SqlState.FOREIGN_KEY_VIOLATION, SqlState.RESTRICT_VIOLATION);

  private final LaneSessions sessions;
  private final Proof proof;
  private final KnownReferenced known;
  private final Stage.Listener stages;
  private final Haste haste = new Haste();

  public PurgeLane(
      LaneSessions sessions, Suspects suspects, KnownReferenced known, Stage.Listener stages) {
    this.sessions = sessions;
    this.known = known;
    this.proof = new Proof(sessions.mirror(), suspects);
    this.stages = stages;
  }

  /** Why purging of the tables is held now; null: it is not. */
  public @Nullable String held(List<TableId> tables) throws SQLException {
    return sessions.holds().held(tables);
  }

  /**
   * Locks what is asked for.
   *
   * @throws TableHeldException when nothing of the root table may be purged as things stand
   * @throws SQLException when hot failed; nothing is locked then
   */
  TakenPage lock(RootTable root, PageRequest request) throws SQLException, TableHeldException {
    long since = System.nanoTime();
    boolean tried = request instanceof PageRequest.Next && haste.tries();
    try {
      @Nullable TakenPage whole = tried ? lockWhole(root, (PageRequest.Next) request, since) : null;
      return whole != null ? whole : lockRows(root, request, tried, since);
    } catch (SQLException e) {
      throw TableFailure.heldOrThrown(root.table(), sessions.hot().place(), e);
    }
  }

  private TakenPage lockRows(RootTable root, PageRequest request, boolean tried, long since)
      throws SQLException, TableHeldException {
    HotPage page = sessions.hot().begin(root);
    try {
      HotPage.Locked rows = page.lock(request);
      known.keep(root.table(), rows.page());
      if (tried && rows.page().looked() > 0) {
        haste.failed();
      }
      return taken(root, page, rows, since);
    } catch (SQLException | TableHeldException | RuntimeException | Error e) {
      rollBack(page, e);
      throw e;
    }
  }

  private @Nullable TakenPage lockWhole(RootTable root, PageRequest.Next request, long since)
      throws SQLException, TableHeldException {
    HotPage page = sessions.hot().begin(root);
    try {
      @Nullable WholePage whole = page.lockWhole(request);
      if (whole != null && !known.any(root.table(), whole)) {
        return taken(root, page, whole, since);
      }
      page.close();
      return null;
    } catch (SQLException | TableHeldException | RuntimeException | Error e) {
      rollBack(page, e);
      throw e;
    }
  }

  private TakenPage taken(RootTable root, HotPage page, LockedRoots locked, long since)
      throws SQLException {
    stages.reached(Stage.LOCKED);
    return new TakenPage(root.table(), page, locked, since);
  }

  /**
   * Compares the page with the mirror and writes to the journal what is to be deleted.
   *
   * @throws TableHeldException when nothing of the root table may be purged as things stand
   * @throws SQLException when a database failed; nothing is locked then
   */
  ProvenPage prove(TakenPage taken) throws SQLException, TableHeldException {
    try {
      List<TableId> tables = taken.page().shapes().stream().map(TableShape::table).toList();
      sessions.mirror().checkEpoch(taken.root(), taken.page().epoch(), tables);
      for (TableShape shape : taken.page().shapes()) {
        sessions.mirror().check(shape);
      }
      if (taken.locked() instanceof WholePage whole) {
        return proveWhole(taken, whole);
      }
      return proveRows(taken, (HotPage.Locked) taken.locked());
    } catch (SQLException | TableHeldException | RuntimeException | Error e) {
      rollBack(taken.page(), e);
      throw e;
    }
  }

  private ProvenPage proveWhole(TakenPage taken, WholePage whole)
      throws SQLException, TableHeldException {
    long intent = sessions.whole().intend(taken.root(), whole, () -> stages.reached(Stage.PROVEN));
    if (intent == WholeProof.NOT_EQUAL) {
      haste.failed();
      // All of them are locked already: now each row's digest is looked at.
      return proveRows(taken, taken.page().lock(new PageRequest.These(whole.roots())));
    }
    haste.paid();
    stages.reached(Stage.INTENDED);
    proof.equal(taken.root(), whole);
    List<ProvenRows> rows = whole.tables().stream().map(WholeRows::proven).toList();
    return new ProvenPage(
        taken.page(),
        whole.decided(),
        Map.of(),
        new ProvenPage.Proven(whole.decided(), rows, intent, whole::roots),
        taken.since());
  }

  private ProvenPage proveRows(TakenPage taken, HotPage.Locked locked)
      throws SQLException, TableHeldException {
    proof.judge(taken.root(), locked);
    stages.reached(Stage.PROVEN);
    LockedPage page = locked.page();
    page.keepReferenced();
    int aggregates = page.openCount();
    ProvenPage.Proven proven = ProvenPage.Proven.NONE;
    if (aggregates == 0) {
      taken.page().close();
    } else {
      List<PageRows> rows = page.openRows().stream().map(PageRows::byKey).toList();
      long intent =
          sessions.journal().intend(taken.root(), locked.xid(), locked.lsn(), aggregates, rows);
      stages.reached(Stage.INTENDED);
      List<ProvenRows> places = rows.stream().map(PageRows::proven).toList();
      proven = new ProvenPage.Proven(aggregates, places, intent, page::openRoots);
    }
    return new ProvenPage(taken.page(), page.end(), page.keptCounts(), proven, taken.since());
  }

  /**
   * Deletes the proven rows, unless purging has been held meanwhile.
   *
   * @throws SQLException when a database failed; what became of the page is told by the journal's
   *     recovery at the next start
   */
  PageResult finish(ProvenPage proven) throws SQLException, TableHeldException {
    if (proven.empty()) {
      return PageResult.nothing(proven);
    }
    try {
      return delete(proven);
    } catch (SQLException | TableHeldException | RuntimeException | Error e) {
      rollBack(proven.page(), e);
      throw e;
    }
  }

  /** Lets go of a locked page. */
  void abandon(TakenPage taken) throws SQLException {
    taken.page().close();
  }

  /** Lets go of a proven page without deleting anything. */
  void abandon(ProvenPage proven) throws SQLException {
    if (!proven.empty()) {
      proven.page().close();
      sessions.holds().unbar();
      sessions.journal().settle(proven.proven().intent(), false);
    }
  }

  private PageResult delete(ProvenPage proven) throws SQLException, TableHeldException {
    HotPage page = proven.page();
    List<ProvenRows> rows = proven.proven().rows();
    @Nullable String held =
        sessions.holds().bar(rows.stream().map(table -> table.shape().table()).toList());
    if (held != null) {
      abandon(proven);
      return PageResult.held(proven, held);
    }
    stages.reached(Stage.DELETING);
    try {
      page.delete(rows);
    } catch (SQLException e) {
      return afterRefusal(proven, e);
    } catch (UnprovenDeleteException e) {
      try {
        abandon(proven);
      } catch (SQLException | RuntimeException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    stages.reached(Stage.DELETED);
    try {
      page.checkWatched();
    } catch (TableHeldException e) {
      abandon(proven);
      return PageResult.held(proven, String.valueOf(e.getMessage()));
    }
    sessions.holds().confirm();
    // A lost answer leaves the page open in the journal; the next start asks what became of it.
    page.commit();
    stages.reached(Stage.COMMITTED);
    sessions.holds().unbar();
    sessions.journal().settle(proven.proven().intent(), true);
    stages.reached(Stage.SETTLED);
    return PageResult.purged(proven);
  }

  /** The delete was refused because of some aggregate: find it by trying parts of the page. */
  private PageResult afterRefusal(ProvenPage proven, SQLException refusal)
      throws SQLException, TableHeldException {
    TableId root = proven.proven().rows().get(0).shape().table();
    boolean referenced = REFERENCED.contains(String.valueOf(refusal.getSQLState()));
    if (!referenced && !SqlState.LOCK_NOT_AVAILABLE.equals(refusal.getSQLState())) {
      Exception held = TableFailure.of(root, sessions.hot().place(), refusal);
      if (held instanceof TableHeldException table) {
        abandon(proven);
        throw table;
      }
      throw refusal;
    }
    abandon(proven);
    if (proven.proven().aggregates() > 1) {
      return PageResult.again(proven, proven.proven().roots().get());
    }
    if (referenced) {
      known.add(root, proven.proven().roots().get().get(0));
    }
    return PageResult.nothing(proven).keeping(referenced ? Kept.REFERENCED : Kept.LOCKED);
  }

  private static void rollBack(HotPage page, Throwable cause) {
    try {
      page.close();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    sessions.release().run();
  }
}
