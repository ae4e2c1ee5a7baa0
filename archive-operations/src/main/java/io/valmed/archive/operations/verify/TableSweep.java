package io.valmed.archive.operations.verify;

import io.valmed.archive.databases.compare.Suspect;
import io.valmed.archive.databases.compare.TablePages;
import io.valmed.archive.databases.compare.TablePair;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One walk over a table in both databases, without a stop. */
final class TableSweep {
  private static final int PAGE = 5000;

  /** Beyond that many unequal rows the rest is only counted: no look would make them equal. */
  static final int MOST_SUSPECTS = 100_000;

  private final Connection hot;
  private final Connection archive;
  private final TablePair pair;
  private final List<Suspect> suspects = new ArrayList<>();
  private long rows;
  private long missingBeyond;
  private long differsBeyond;
  private long extraBeyond;

  TableSweep(Connection hot, Connection archive, TablePair pair) {
    this.hot = hot;
    this.archive = archive;
    this.pair = pair;
  }

  TablePair pair() {
    return pair;
  }

  List<Suspect> suspects() {
    return suspects;
  }

  long rows() {
    return rows;
  }

  long missingBeyond() {
    return missingBeyond;
  }

  long differsBeyond() {
    return differsBeyond;
  }

  long extraBeyond() {
    return extraBeyond;
  }

  void run() throws SQLException {
    TablePages pages = new TablePages(hot, archive, pair);
    @Nullable List<String> last = null;
    do {
      TablePages.Page page = pages.ofHot(last, PAGE);
      last = page.last();
      rows += page.rows();
      page.suspects().forEach(this::suspect);
    } while (last != null);
    do {
      TablePages.Page page = pages.ofArchive(last, PAGE);
      last = page.last();
      page.suspects().forEach(this::suspect);
    } while (last != null);
  }

  private void suspect(Suspect row) {
    if (suspects.size() < MOST_SUSPECTS) {
      suspects.add(row);
    } else if (row.hot() == null) {
      extraBeyond++;
    } else if (row.mirror() == null) {
      missingBeyond++;
    } else {
      differsBeyond++;
    }
  }
}
