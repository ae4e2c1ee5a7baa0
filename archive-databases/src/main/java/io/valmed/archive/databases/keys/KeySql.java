package io.valmed.archive.databases.keys;

import io.valmed.archive.databases.keys.TableShape.KeyColumn;
import io.valmed.archive.model.Sql;
import io.valmed.archive.runtime.jdbc.TextArray;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Pieces of SQL about keys. Keys travel as one array per key column, in text form, and the server
 * casts them to the column's own type; unnested, the columns are called {@code arc_k1, arc_k2, …}.
 */
public final class KeySql {
  // Types whose text form needs no quotes in an array: it is put together in half the time.
  private static final Set<String> NEVER_QUOTED = Set.of("uuid", "smallint", "integer", "bigint");

  private KeySql() {}

  /** {@code unnest(?::uuid[], ?::bigint[])}: takes {@link #bind}'s parameters. */
  public static String unnest(List<KeyColumn> key) {
    return list(key.size(), i -> "?::" + key.get(i).type() + "[]", "unnest(", ")");
  }

  /** {@code unnest(?::tid[], ?::uuid[])}: takes {@link #bindPlaces}' parameters. */
  public static String unnestPlaces(List<KeyColumn> key) {
    return list(key.size(), i -> "?::" + key.get(i).type() + "[]", "unnest(?::tid[], ", ")");
  }

  /** The same with the keys written into the text. */
  public static String unnest(List<KeyColumn> key, List<List<String>> keys) {
    return list(
        key.size(),
        i -> Sql.literal(TextArray.write(column(keys, i))) + "::" + key.get(i).type() + "[]",
        "unnest(",
        ")");
  }

  /** {@code arc_k1, arc_k2}. */
  public static String names(int size) {
    return list(size, i -> "arc_k" + (i + 1), "", "");
  }

  /** {@code k.arc_k1, k.arc_k2}. */
  public static String names(String alias, int size) {
    return list(size, i -> alias + ".arc_k" + (i + 1), "", "");
  }

  /** {@code k.arc_k1::text, k.arc_k2::text}. */
  public static String texts(String alias, int size) {
    return list(size, i -> alias + ".arc_k" + (i + 1) + "::text", "", "");
  }

  /** {@code t."id", t."line"}. */
  public static String columns(String table, List<String> names) {
    return list(names.size(), i -> table + "." + Sql.identifier(names.get(i)), "", "");
  }

  /** {@code t."id" AS arc_k1, t."line" AS arc_k2}. */
  public static String named(String table, List<String> names) {
    return list(
        names.size(),
        i -> table + "." + Sql.identifier(names.get(i)) + " AS arc_k" + (i + 1),
        "",
        "");
  }

  /** {@code t."id"::text AS arc_t1, t."line"::text AS arc_t2}. */
  public static String namedTexts(String table, List<String> names) {
    return list(
        names.size(),
        i -> table + "." + Sql.identifier(names.get(i)) + "::text AS arc_t" + (i + 1),
        "",
        "");
  }

  /** {@code t."id" = k.arc_k1 AND t."line" = k.arc_k2}. */
  public static String matches(String table, List<String> columns, String keys) {
    return IntStream.range(0, columns.size())
        .mapToObj(
            i -> table + "." + Sql.identifier(columns.get(i)) + " = " + keys + ".arc_k" + (i + 1))
        .collect(Collectors.joining(" AND "));
  }

  /** {@code t."id" = k.arc_t1::uuid}: keys in text form. */
  public static String matchesTexts(String table, List<KeyColumn> key, String keys) {
    return IntStream.range(0, key.size())
        .mapToObj(
            i ->
                "%s.%s = %s.arc_t%d::%s"
                    .formatted(
                        table, Sql.identifier(key.get(i).name()), keys, i + 1, key.get(i).type()))
        .collect(Collectors.joining(" AND "));
  }

  /** Each of the key's columns of a table as the text of an array of all values. */
  public static String arrays(String table, List<KeyColumn> key) {
    return list(
        key.size(),
        i -> array(key.get(i).type(), table + "." + Sql.identifier(key.get(i).name()) + "::text"),
        "",
        "");
  }

  /** The same of a query that calls them {@code arc_t1, arc_t2, …}. */
  public static String arraysOfTexts(String query, List<KeyColumn> key) {
    return list(key.size(), i -> array(key.get(i).type(), query + ".arc_t" + (i + 1)), "", "");
  }

  /** The text of an array of all values, {@code {}} of none. */
  private static String array(String type, String value) {
    return NEVER_QUOTED.contains(type)
        ? "'{' || coalesce(string_agg(" + value + ", ','), '') || '}'"
        : "coalesce(array_agg(" + value + "), '{}')::text";
  }

  /** The piece for each place from 1, which it names {@code %d}. */
  public static String list(int size, String piece) {
    return list(size, i -> piece.formatted(i + 1), "", "");
  }

  /** Comma-separated pieces, one for each place from 0. */
  public static String list(int size, IntFunction<String> piece, String before, String after) {
    return IntStream.range(0, size)
        .mapToObj(piece)
        .collect(Collectors.joining(", ", before, after));
  }

  /** A key from a row's columns, from that one on. */
  public static List<String> read(ResultSet row, int from, int size) throws SQLException {
    if (size == 1) {
      return List.of(row.getString(from));
    }
    List<String> key = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      key.add(row.getString(from + i));
    }
    return List.copyOf(key);
  }

  /**
   * Sets the arrays of {@link #unnest(List)}.
   *
   * @return the next free parameter
   */
  public static int bind(PreparedStatement query, int from, List<List<String>> keys, int columns)
      throws SQLException {
    for (int i = 0; i < columns; i++) {
      query.setObject(from + i, TextArray.write(column(keys, i)), Types.OTHER);
    }
    return from + columns;
  }

  /**
   * Sets the arrays of {@link #unnestPlaces}.
   *
   * @return the next free parameter
   */
  public static int bindPlaces(
      PreparedStatement query, List<String> places, List<List<String>> keys, int columns)
      throws SQLException {
    query.setObject(1, TextArray.write(places), Types.OTHER);
    return bind(query, 2, keys, columns);
  }

  private static List<String> column(List<List<String>> keys, int column) {
    List<String> values = new ArrayList<>(keys.size());
    for (List<String> key : keys) {
      values.add(key.get(column));
    }
    return values;
  }
}
