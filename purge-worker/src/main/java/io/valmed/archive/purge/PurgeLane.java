package io.valmed.archive.purge;

import io.valmed.archive.model.RootTable;
import io.valmed.archive.model.TableId;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes one page at a time through its hot transaction, with a session of its own in either
 * database: first {@link #prove}, then {@link #finish}. The two may run on different threads, one
 * after the other.
 */
final class PurgeLane implements AutoCloseable {
  private static final String FOREIGN_KEY_VIOLATION = "23503";
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  /**
   * What a lane works with.
   *
   * @param hot its session in hot
   * @param mirror its session in the archive, as the proof sees it
   * @param journal the same session, as the journal sees it
   * @param holds the hold switch, read in these sessions
   * @param check refuses to go on once the archive is not durable any more
   * @param release closes both sessions
   */
  record Sessions(
      HotPages hot,
      Mirror mirror,
      Journal journal,
      HoldSwitch holds,
      PurgeWork.Check check,
      Runnable release) {}

  private final Sessions sessions;
  private final Proof proof;
  private final Stage.Listener stages;

  PurgeLane(Sessions sessions, Suspects suspects, Stage.Listener stages) {
    this.sessions = sessions;
    this.proof = new Proof(sessions.mirror(), suspects);
    this.stages = stages;
  }

  /** Why purging of the tables is held now; null: it is not. */
  @Nullable String held(List<TableId> tables) throws SQLException {
    return sessions.holds().held(tables);
  }

  /**
   * Locks what is asked for, compares it with the mirror, and writes to the journal what is to be
   * deleted.
   *
   * @throws TableHeldException when nothing of the root table may be purged as things stand
   * @throws SQLException when a database failed; nothing is locked then
   */
  ProvenPage prove(RootTable root, PageRequest request) throws SQLException, TableHeldException {
    long from = System.nanoTime();
    HotPage page = sessions.hot().begin(root);
    try {
      for (TableShape shape : page.shapes()) {
        sessions.mirror().check(shape);
      }
      HotPage.Locked locked = page.lock(request);
      stages.reached(Stage.LOCKED);
      proof.judge(root.table(), locked);
      stages.reached(Stage.PROVEN);
      int aggregates = locked.page().openCount();
      if (aggregates == 0) {
        page.close();
        return new ProvenPage(page, locked, List.of(), 0, System.nanoTime() - from);
      }
      List<PageRows> rows = locked.page().openRows().stream().map(PageRows::byKey).toList();
      long intent =
          sessions.journal().intend(root.table(), locked.xid(), locked.lsn(), aggregates, rows);
      stages.reached(Stage.INTENDED);
      return new ProvenPage(page, locked, rows, intent, System.nanoTime() - from);
    } catch (SQLException | TableHeldException | RuntimeException e) {
      rollBack(page, e);
      throw e;
    }
  }

  /**
   * Deletes the proven rows, unless purging has been held meanwhile.
   *
   * @throws SQLException when a database failed; what became of the page is told by the journal's
   *     recovery at the next start
   */
  PageResult finish(ProvenPage proven) throws SQLException {
    if (proven.rows().isEmpty()) {
      return PageResult.nothing(proven.locked(), proven.nanos());
    }
    long from = System.nanoTime();
    HotPage page = proven.page();
    try {
      PageResult result = delete(page, proven);
      return result.plus(proven.nanos() + System.nanoTime() - from);
    } catch (SQLException | RuntimeException e) {
      rollBack(page, e);
      throw e;
    }
  }

  /** Lets go of a proven page without deleting anything. */
  void abandon(ProvenPage proven) throws SQLException {
    if (!proven.rows().isEmpty()) {
      proven.page().close();
      sessions.holds().unbar();
      sessions.journal().settle(proven.intent(), false);
    }
  }

  /** The same after a failure, which is the one to be told. */
  void abandon(ProvenPage proven, Exception cause) {
    try {
      abandon(proven);
    } catch (SQLException | RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  private PageResult delete(HotPage page, ProvenPage proven) throws SQLException {
    List<TableId> tables = proven.rows().stream().map(rows -> rows.shape().table()).toList();
    @Nullable String held = sessions.holds().bar(tables);
    if (held != null) {
      abandon(proven);
      return PageResult.of(proven.locked(), List.of(), List.of(), held);
    }
    stages.reached(Stage.DELETING);
    try {
      page.delete(proven.rows());
    } catch (SQLException e) {
      return afterRefusal(proven, e);
    } catch (UnprovenDeleteException e) {
      abandon(proven, e);
      throw e;
    }
    stages.reached(Stage.DELETED);
    sessions.holds().confirm();
    // A lost answer leaves the page open in the journal; the next start asks what became of it.
    page.commit();
    stages.reached(Stage.COMMITTED);
    sessions.holds().unbar();
    sessions.journal().settle(proven.intent(), true);
    stages.reached(Stage.SETTLED);
    return PageResult.of(proven.locked(), proven.rows(), List.of(), null);
  }

  /** The delete was refused because of some aggregate: find it by trying parts of the page. */
  private PageResult afterRefusal(ProvenPage proven, SQLException refusal) throws SQLException {
    boolean referenced = FOREIGN_KEY_VIOLATION.equals(refusal.getSQLState());
    if (!referenced && !LOCK_NOT_AVAILABLE.equals(refusal.getSQLState())) {
      throw refusal;
    }
    abandon(proven);
    LockedPage page = proven.locked().page();
    List<List<String>> open = page.openRoots();
    if (open.size() > 1) {
      return PageResult.of(proven.locked(), List.of(), open, null);
    }
    for (int i = 0; i < page.end(); i++) {
      page.keep(i, referenced ? Kept.REFERENCED : Kept.LOCKED);
    }
    return PageResult.of(proven.locked(), List.of(), List.of(), null);
  }

  private static void rollBack(HotPage page, Exception cause) {
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
