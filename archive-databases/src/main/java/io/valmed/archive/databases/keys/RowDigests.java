package io.valmed.archive.databases.keys;

import io.valmed.archive.model.Sql;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.runtime.jdbc.DigestSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Digests of rows that are asked for by their keys, in either database. */
public final class RowDigests {
  private RowDigests() {}

  /**
   * The digests of those keys' rows, null where there is none.
   *
   * @param connection a session of {@link DigestSession}
   */
  public static List<byte @Nullable []> of(
      Connection connection, TableShape shape, List<List<String>> keys) throws SQLException {
    List<byte @Nullable []> digests = new ArrayList<>(Collections.nCopies(keys.size(), null));
    if (keys.isEmpty()) {
      return digests;
    }
    if (shape.key().size() == 1) {
      readByArray(connection, shape, keys, digests);
      return digests;
    }
    String sql =
        """
        SELECT k.arc_ord::int, %s
        FROM %s WITH ORDINALITY AS k (%s, arc_ord) JOIN ONLY %s AS r ON %s
        """
            .formatted(
                RowDigest.expression("r", shape.columns()),
                KeySql.unnest(shape.key()),
                KeySql.names(shape.key().size()),
                shape.table().sql(),
                KeySql.matches("r", shape.keyNames(), "k"));
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      KeySql.bind(query, 1, keys, shape.key().size());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          digests.set(rows.getInt(1) - 1, rows.getBytes(2));
        }
      }
    }
    return digests;
  }

  /** One walk through the index instead of a search for each key. */
  private static void readByArray(
      Connection connection,
      TableShape shape,
      List<List<String>> keys,
      List<byte @Nullable []> digests)
      throws SQLException {
    Map<String, Integer> places = new HashMap<>(keys.size() * 2);
    for (int i = 0; i < keys.size(); i++) {
      places.put(keys.get(i).get(0), i);
    }
    String key = "r." + Sql.identifier(shape.key().get(0).name());
    String sql =
        "SELECT %1$s::text, %2$s FROM ONLY %3$s AS r WHERE %1$s = ANY (?::%4$s[])"
            .formatted(
                key,
                RowDigest.expression("r", shape.columns()),
                shape.table().sql(),
                shape.key().get(0).type());
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      KeySql.bind(query, 1, keys, 1);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          // Equal keys of another text form (1.0 and 1.00) belong to rows that are not equal.
          @Nullable Integer place = places.get(rows.getString(1));
          if (place != null) {
            digests.set(place, rows.getBytes(2));
          }
        }
      }
    }
  }
}
