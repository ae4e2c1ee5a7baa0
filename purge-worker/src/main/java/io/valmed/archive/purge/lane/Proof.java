package io.valmed.archive.purge.lane;

import io.valmed.archive.databases.hot.TableHeldException;
import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.page.HotPage;
import io.valmed.archive.purge.page.Kept;
import io.valmed.archive.purge.page.LockedPage;
import io.valmed.archive.purge.page.LockedRow;
import io.valmed.archive.purge.page.Mirror;
import io.valmed.archive.purge.page.PageRows;
import io.valmed.archive.purge.page.WholePage;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares a page's locked rows with the mirror's and keeps every aggregate that is not equal. */
final class Proof {
  private final Mirror mirror;
  private final Suspects suspects;

  Proof(Mirror mirror, Suspects suspects) {
    this.mirror = mirror;
    this.suspects = suspects;
  }

  /**
   * Afterwards exactly those aggregates of the page are open whose every row equals its mirror.
   *
   * @throws TableHeldException when the mirror cannot answer for one of the tables
   */
  void judge(TableId root, HotPage.Locked locked) throws SQLException, TableHeldException {
    LockedPage page = locked.page();
    // Read before the mirror's rows: only then does a difference that stays mean a fault.
    long archivedUpTo = suspects.isEmpty() ? 0 : mirror.archivedUpTo();
    Map<Integer, Boolean> missing = new HashMap<>();
    for (PageRows table : page.openRows()) {
      PageRows rows = table.byKey();
      List<byte @Nullable []> digests = mirror.digests(rows);
      if (digests.size() != rows.rows().size()) {
        throw new IllegalStateException("the mirror answered for other rows than were asked for");
      }
      for (int i = 0; i < digests.size(); i++) {
        LockedRow row = rows.rows().get(i);
        byte @Nullable [] archived = digests.get(i);
        if (archived == null || !row.equal(archived)) {
          missing.merge(row.aggregate(), archived == null, Boolean::logicalOr);
        }
      }
    }
    missing.forEach(
        (aggregate, isMissing) -> doubt(root, locked, aggregate, isMissing, archivedUpTo));
    for (int i = 0; i < page.end(); i++) {
      if (page.open(i)) {
        suspects.clear(root, page.root(i));
      }
    }
  }

  /** All aggregates of the page have been found equal. */
  void equal(TableId root, WholePage page) {
    if (!suspects.isEmpty()) {
      page.roots().forEach(key -> suspects.clear(root, key));
    }
  }

  private void doubt(
      TableId root, HotPage.Locked locked, int aggregate, boolean missing, long archivedUpTo) {
    LockedPage page = locked.page();
    List<PageRows> rows = page.tables().stream().map(t -> t.only(a -> a == aggregate)).toList();
    boolean confirmed =
        suspects.confirmed(root, page.root(aggregate), rows, locked.lsn(), archivedUpTo);
    if (missing) {
      page.keep(aggregate, confirmed ? Kept.MISSING : Kept.NOT_ARCHIVED_YET);
    } else {
      page.keep(aggregate, confirmed ? Kept.DIFFERS : Kept.DIFFERS_FOR_NOW);
    }
  }
}
