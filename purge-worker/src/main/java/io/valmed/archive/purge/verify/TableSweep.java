package io.valmed.archive.purge.verify;

import io.valmed.archive.model.RowDigest;
import io.valmed.archive.model.Sql;
import io.valmed.archive.purge.TableShape;
import io.valmed.archive.purge.postgres.KeySql;
import io.valmed.archive.purge.postgres.MirrorRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One walk over a table in both databases. Each side is walked in its own key order, which for text
 * keys need not be the other's; the other side is asked by key.
 */
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
    @Nullable List<String> last = null;
    do {
      Page page = page(hot, pair.hot(), last, true);
      last = page.last();
      compare(page);
    } while (last != null);
    do {
      Page page = page(archive, pair.mirror(), last, false);
      last = page.last();
      findExtra(page);
    } while (last != null);
  }

  private record Page(List<List<String>> keys, List<byte @Nullable []> digests) {
    @Nullable List<String> last() {
      return keys.size() < PAGE ? null : keys.get(keys.size() - 1);
    }
  }

  private void compare(Page page) throws SQLException {
    rows += page.keys().size();
    List<byte @Nullable []> mirror = MirrorRows.digests(archive, pair.mirror(), page.keys());
    for (int i = 0; i < page.keys().size(); i++) {
      byte @Nullable [] archived = mirror.get(i);
      if (!Arrays.equals(page.digests().get(i), archived)) {
        if (suspects.size() < MOST_SUSPECTS) {
          suspects.add(Suspect.swept(page.keys().get(i), page.digests().get(i), archived));
        } else if (archived == null) {
          missingBeyond++;
        } else {
          differsBeyond++;
        }
      }
    }
  }

  private void findExtra(Page page) throws SQLException {
    boolean[] there = new boolean[page.keys().size()];
    String sql =
        "SELECT k.arc_ord::int, %s FROM %s WITH ORDINALITY AS k (%s, arc_ord) JOIN ONLY %s AS r ON %s"
            .formatted(
                texts(pair.hot()),
                KeySql.unnest(pair.hot().key()),
                KeySql.names(pair.hot().key().size()),
                pair.hot().table().sql(),
                KeySql.matches("r", pair.hot().keyNames(), "k"));
    try (PreparedStatement query = hot.prepareStatement(sql)) {
      KeySql.bind(query, 1, page.keys(), pair.hot().key().size());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          // A key that is equal to hot's and not the same ('Smith' and 'smith') is another row's.
          int at = rows.getInt(1) - 1;
          there[at] |= KeySql.read(rows, 2, pair.hot().key().size()).equals(page.keys().get(at));
        }
      }
    }
    for (int i = 0; i < there.length; i++) {
      if (!there[i] && suspects.size() < MOST_SUSPECTS) {
        suspects.add(Suspect.swept(page.keys().get(i), null, null));
      } else if (!there[i]) {
        extraBeyond++;
      }
    }
  }

  private static String texts(TableShape shape) {
    return shape.keyNames().stream()
        .map(name -> "r." + Sql.identifier(name) + "::text")
        .collect(Collectors.joining(", "));
  }

  private static Page page(
      Connection connection, TableShape shape, @Nullable List<String> after, boolean digests)
      throws SQLException {
    int size = shape.key().size();
    String columns = KeySql.columns("r", shape.keyNames());
    String sql =
        "SELECT %s, %s FROM ONLY %s AS r %s ORDER BY %s LIMIT %d"
            .formatted(
                digests ? RowDigest.expression("r", shape.columns()) : "NULL::bytea",
                texts(shape),
                shape.table().sql(),
                after == null
                    ? ""
                    : "WHERE (%s) > (%s)"
                        .formatted(
                            columns,
                            shape.key().stream()
                                .map(key -> "?::" + key.type())
                                .collect(Collectors.joining(", "))),
                columns,
                PAGE);
    Page page = new Page(new ArrayList<>(PAGE), new ArrayList<>(PAGE));
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; after != null && i < size; i++) {
        query.setString(i + 1, after.get(i));
      }
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          page.digests().add(rows.getBytes(1));
          page.keys().add(KeySql.read(rows, 2, size));
        }
      }
    }
    return page;
  }
}
