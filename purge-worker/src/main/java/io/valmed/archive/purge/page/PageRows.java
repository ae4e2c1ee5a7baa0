package io.valmed.archive.purge.page;

import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.runtime.jdbc.TextArray;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Rows of one table on a page.
 *
 * @param shape the table
 * @param rows its rows; each aggregate's are neighbours until {@link #byKey} sorts them
 */
public record PageRows(TableShape shape, List<LockedRow> rows) {

  /** The rows as what is to be deleted once they are proven. */
  public ProvenRows proven() {
    return new ProvenRows(
        shape, rows.size(), TextArray.write(rows.stream().map(LockedRow::place).toList()));
  }

  /** The rows of the aggregates that are wanted. */
  public PageRows only(IntPredicate wanted) {
    List<LockedRow> left = new ArrayList<>(rows.size());
    for (LockedRow row : rows) {
      if (wanted.test(row.aggregate())) {
        left.add(row);
      }
    }
    return new PageRows(shape, left);
  }

  /** The rows in the order of their keys' text, which lets an index be walked, not searched. */
  public PageRows byKey() {
    List<LockedRow> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparing(LockedRow::key, PageRows::compareKeys));
    return new PageRows(shape, sorted);
  }

  private static int compareKeys(List<String> a, List<String> b) {
    for (int i = 0; i < a.size(); i++) {
      int order = a.get(i).compareTo(b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}
