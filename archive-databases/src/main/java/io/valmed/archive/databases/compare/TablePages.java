package io.valmed.archive.databases.compare;

import io.valmed.archive.databases.keys.KeySql;
import io.valmed.archive.databases.keys.RowDigests;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.model.Sql;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.runtime.jdbc.AskedSession;
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
 * A table in both databases, page by page. Each side is read in its own key order, which for text
 * keys need not be the other's; the other side is asked by key.
 */
public final class TablePages {
  private final Connection hot;
  private final Connection archive;
  private final TablePair pair;

  public TablePages(Connection hot, Connection archive, TablePair pair) {
    this.hot = hot;
    this.archive = archive;
    this.pair = pair;
  }

  /**
   * What was found in a page.
   *
   * @param rows how many rows it had
   * @param last the key of its last row, behind which the next page begins; null: there is none
   * @param suspects those of its rows that were unequal
   */
  public record Page(int rows, @Nullable List<String> last, List<Suspect> suspects) {}

  private record Read(List<List<String>> keys, List<byte @Nullable []> digests) {
    Page page(int size, List<Suspect> suspects) {
      return new Page(keys.size(), keys.size() < size ? null : keys.get(keys.size() - 1), suspects);
    }
  }

  /** Rows of hot that the mirror does not have so. */
  public Page ofHot(@Nullable List<String> after, int size) throws SQLException {
    Read read = AskedSession.ask(hot, s -> read(s, pair.hot(), after, size, true));
    List<byte @Nullable []> mirror =
        AskedSession.ask(archive, s -> RowDigests.of(s, pair.mirror(), read.keys()));
    List<Suspect> suspects = new ArrayList<>();
    for (int i = 0; i < read.keys().size(); i++) {
      byte @Nullable [] archived = mirror.get(i);
      if (!Arrays.equals(read.digests().get(i), archived)) {
        suspects.add(Suspect.swept(read.keys().get(i), read.digests().get(i), archived));
      }
    }
    return read.page(size, suspects);
  }

  /** Rows of the mirror whose keys hot does not have. */
  public Page ofArchive(@Nullable List<String> after, int size) throws SQLException {
    Read read = AskedSession.ask(archive, s -> read(s, pair.mirror(), after, size, false));
    boolean[] there = AskedSession.ask(hot, s -> there(s, read.keys()));
    List<Suspect> suspects = new ArrayList<>();
    for (int i = 0; i < there.length; i++) {
      if (!there[i]) {
        suspects.add(Suspect.swept(read.keys().get(i), null, null));
      }
    }
    return read.page(size, suspects);
  }

  /** Which of the keys hot has. */
  private boolean[] there(Connection session, List<List<String>> keys) throws SQLException {
    boolean[] there = new boolean[keys.size()];
    String sql =
        "SELECT k.arc_ord::int, %s FROM %s WITH ORDINALITY AS k (%s, arc_ord) JOIN ONLY %s AS r ON %s"
            .formatted(
                texts(pair.hot()),
                KeySql.unnest(pair.hot().key()),
                KeySql.names(pair.hot().key().size()),
                pair.hot().table().sql(),
                KeySql.matches("r", pair.hot().keyNames(), "k"));
    try (PreparedStatement query = session.prepareStatement(sql)) {
      KeySql.bind(query, 1, keys, pair.hot().key().size());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          // A key that is equal to hot's and not the same ('Smith' and 'smith') is another row's.
          int at = rows.getInt(1) - 1;
          there[at] |= KeySql.read(rows, 2, pair.hot().key().size()).equals(keys.get(at));
        }
      }
    }
    return there;
  }

  private static String texts(TableShape shape) {
    return shape.keyNames().stream()
        .map(name -> "r." + Sql.identifier(name) + "::text")
        .collect(Collectors.joining(", "));
  }

  private static Read read(
      Connection connection,
      TableShape shape,
      @Nullable List<String> after,
      int rows,
      boolean digests)
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
                rows);
    Read page = new Read(new ArrayList<>(rows), new ArrayList<>(rows));
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; after != null && i < size; i++) {
        query.setString(i + 1, after.get(i));
      }
      try (ResultSet found = query.executeQuery()) {
        while (found.next()) {
          page.digests().add(found.getBytes(1));
          page.keys().add(KeySql.read(found, 2, size));
        }
      }
    }
    return page;
  }
}
