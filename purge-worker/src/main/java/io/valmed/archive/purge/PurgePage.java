package io.valmed.archive.purge;

import io.valmed.archive.model.RootTable;
import io.valmed.archive.model.TableId;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Proves and purges one page of aggregates in one hot transaction. */
final class PurgePage {
  private static final String FOREIGN_KEY_VIOLATION = "23503";
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final HotPages hot;
  private final Mirror mirror;
  private final Proof proof;
  private final Journal journal;
  private final HoldSwitch holds;
  private final Stage.Listener stages;

  PurgePage(
      HotPages hot,
      Mirror mirror,
      Suspects suspects,
      Journal journal,
      HoldSwitch holds,
      Stage.Listener stages) {
    this.hot = hot;
    this.mirror = mirror;
    this.proof = new Proof(mirror, suspects);
    this.journal = journal;
    this.holds = holds;
    this.stages = stages;
  }

  /**
   * Purges what of the request is proven.
   *
   * @throws TableHeldException when nothing of the root table may be purged as things stand
   * @throws SQLException when a database failed; what was not committed is rolled back, and a
   *     journal page without outcome is settled at the next start
   */
  PageResult purge(RootTable root, PageRequest request) throws SQLException, TableHeldException {
    try (HotPage page = hot.begin(root)) {
      for (TableShape shape : page.shapes()) {
        mirror.check(shape);
      }
      HotPage.Locked locked = page.lock(request);
      stages.reached(Stage.LOCKED);
      proof.judge(root.table(), locked);
      stages.reached(Stage.PROVEN);
      int aggregates = locked.page().openCount();
      if (aggregates == 0) {
        return PageResult.nothing(locked);
      }
      List<PageRows> proven = locked.page().openRows().stream().map(PageRows::byKey).toList();
      long intent = journal.intend(root.table(), locked.xid(), aggregates, proven);
      stages.reached(Stage.INTENDED);
      return deleteIntended(page, locked, proven, intent);
    }
  }

  private PageResult deleteIntended(
      HotPage page, HotPage.Locked locked, List<PageRows> proven, long intent) throws SQLException {
    List<TableId> tables = proven.stream().map(rows -> rows.shape().table()).toList();
    @Nullable String held = holds.held(tables);
    if (held != null) {
      page.close();
      journal.settle(intent, false);
      return PageResult.of(locked, List.of(), List.of(), held);
    }
    stages.reached(Stage.DELETING);
    try {
      page.delete(proven);
    } catch (SQLException e) {
      return afterRefusal(page, locked, intent, e);
    } catch (UnprovenDeleteException e) {
      page.close();
      journal.settle(intent, false);
      throw e;
    }
    stages.reached(Stage.DELETED);
    // A lost answer leaves the page open in the journal; the next start asks what became of it.
    page.commit();
    stages.reached(Stage.COMMITTED);
    journal.settle(intent, true);
    return PageResult.of(locked, proven, List.of(), null);
  }

  /** The delete was refused because of some aggregate: find it by trying parts of the page. */
  private PageResult afterRefusal(
      HotPage page, HotPage.Locked locked, long intent, SQLException refusal) throws SQLException {
    boolean referenced = FOREIGN_KEY_VIOLATION.equals(refusal.getSQLState());
    if (!referenced && !LOCK_NOT_AVAILABLE.equals(refusal.getSQLState())) {
      throw refusal;
    }
    page.close();
    journal.settle(intent, false);
    List<List<String>> open = locked.page().openRoots();
    if (open.size() > 1) {
      return PageResult.of(locked, List.of(), open, null);
    }
    for (int i = 0; i < locked.page().end(); i++) {
      locked.page().keep(i, referenced ? Kept.REFERENCED : Kept.LOCKED);
    }
    return PageResult.nothing(locked);
  }
}
