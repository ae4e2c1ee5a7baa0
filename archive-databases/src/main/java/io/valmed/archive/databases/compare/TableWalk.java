package io.valmed.archive.databases.compare;

import io.valmed.archive.databases.archive.CaughtUp;
import io.valmed.archive.databases.archive.VerificationPlace;
import io.valmed.archive.databases.archive.VerificationPlace.Counts;
import io.valmed.archive.databases.archive.VerificationPlace.Side;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.runtime.jdbc.DigestSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A walk over one table that can be left and gone on with behind every page: a page counts once it
 * is known of each of its rows whether it is equal.
 */
public final class TableWalk {
  private static final int LOOKS = VerificationOptions.DEFAULT.looks();

  private final Connection hot;
  private final Connection archive;
  private final CaughtUp progress;
  private final TablePair pair;
  private VerificationPlace place;
  private @Nullable Undecided undecided;
  private int read;

  /**
   * @param progress how far the archive is with this table
   * @param place where to go on
   */
  public TableWalk(
      Connection hot,
      Connection archive,
      CaughtUp progress,
      TablePair pair,
      VerificationPlace place) {
    this.hot = hot;
    this.archive = archive;
    this.progress = progress;
    this.pair = pair;
    this.place = place;
  }

  /** What a step came to. */
  public enum Step {
    /** A page is decided: {@link #place} is behind it. */
    PAGE,
    /** The archive has to catch up first. */
    WAITS,
    /** The last page is decided. */
    END
  }

  /**
   * A page with rows that were unequal at the last look.
   *
   * @param page the page
   * @param rows those rows
   * @param seenBy hot's position after that look: they are looked at again once the archive is
   *     there
   * @param looks how often they have been looked at again
   */
  private record Undecided(TablePages.Page page, List<Suspect> rows, long seenBy, int looks) {}

  public TablePair pair() {
    return pair;
  }

  public VerificationPlace place() {
    return place;
  }

  /** How many rows the last step has read. */
  public int read() {
    return read;
  }

  /** Takes a step. */
  public Step step(int size) throws SQLException {
    read = 0;
    Undecided open = undecided;
    if (open == null) {
      open = nextPage(size);
    } else if (Long.compareUnsigned(progress.lsn(), open.seenBy()) < 0) {
      return Step.WAITS;
    } else {
      List<Suspect> still = new SecondLook(hot, archive).at(pair, open.rows(), true);
      read = open.rows().size() * 2;
      open = new Undecided(open.page(), still, position(), open.looks() + 1);
    }
    if (open.looks() < LOOKS && open.rows().stream().anyMatch(row -> !row.confirmed())) {
      undecided = open;
      return Step.WAITS;
    }
    undecided = null;
    return decided(open);
  }

  private Undecided nextPage(int size) throws SQLException {
    TablePages pages = new TablePages(hot, archive, pair);
    TablePages.Page page =
        place.side() == Side.HOT
            ? pages.ofHot(place.lastKey(), size)
            : pages.ofArchive(place.lastKey(), size);
    read = page.rows();
    return new Undecided(page, page.suspects(), page.suspects().isEmpty() ? 0 : position(), 0);
  }

  private Step decided(Undecided done) {
    boolean ofHot = place.side() == Side.HOT;
    long missing = 0;
    long differs = 0;
    long extra = 0;
    long inFlight = 0;
    for (Suspect row : done.rows()) {
      if (!row.confirmed()) {
        inFlight++;
      } else if (row.hot() == null) {
        extra++;
      } else if (row.mirror() == null) {
        missing++;
      } else {
        differs++;
      }
    }
    Counts found = new Counts(ofHot ? done.page().rows() : 0, missing, differs, extra, inFlight);
    List<String> last = done.page().last();
    if (last != null || ofHot) {
      place = place.at(last == null ? Side.ARCHIVE : place.side(), last, found);
      return Step.PAGE;
    }
    place = place.at(Side.ARCHIVE, null, found);
    return Step.END;
  }

  private long position() throws SQLException {
    return Lsn.parse(DigestSession.ask(hot, "SELECT pg_current_wal_insert_lsn()::text"));
  }
}
