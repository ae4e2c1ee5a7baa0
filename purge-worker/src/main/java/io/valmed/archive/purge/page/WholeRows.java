package io.valmed.archive.purge.page;

import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.runtime.jdbc.TextArray;
import java.util.ArrayList;
import java.util.List;

/**
 * All rows of one table on a {@link WholePage}, locked, in the arrays in which hot has told them
 * and the archive is asked: nothing looks at a single one of them on the way.
 *
 * @param shape the table
 * @param count how many rows
 * @param keys an array for each of the key's columns: the text of a {@code text[]} with the column
 *     of all rows, in text form
 * @param digests {@code RowDigest} of all rows, one behind the other, as the text of a {@code
 *     bytea}
 * @param places as in {@link ProvenRows}
 */
public record WholeRows(
    TableShape shape, int count, List<String> keys, String digests, String places) {
  private static final int DIGEST_DIGITS = 64;

  public WholeRows {
    keys = List.copyOf(keys);
    if (keys.size() != shape.key().size()
        || digests.length() != "\\x".length() + (long) DIGEST_DIGITS * count) {
      throw new IllegalArgumentException("not the keys and digests of so many rows");
    }
  }

  /** The rows as what is to be deleted once they are proven. */
  public ProvenRows proven() {
    return new ProvenRows(shape, count, places);
  }

  /** Each row's key. */
  public List<List<String>> rowKeys() {
    List<List<String>> columns = keys.stream().map(TextArray::read).toList();
    List<List<String>> rows = new ArrayList<>(count);
    for (int row = 0; row < count; row++) {
      int at = row;
      rows.add(columns.stream().map(column -> column.get(at)).toList());
    }
    return rows;
  }
}
