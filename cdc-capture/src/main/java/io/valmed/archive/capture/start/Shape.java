package io.valmed.archive.capture.start;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a table was at a look: its file, its key, its captured columns and the types that they are
 * made of, each with marks that never come back once it was altered. Read from the one line in
 * which it is kept:
 *
 * <ul>
 *   <li>{@code r}: the table's oid; {@code f}: its file node
 *   <li>{@code k}: oid and {@code xmin} of the primary key's constraint, {@code xmin} of its index
 *   <li>{@code c}: a column's number, {@code xmin}, type, its modifier, oid of its default, mark
 *       ({@code m}: the catalog has the value of old rows; {@code g…}: generated so; {@code -}), a
 *       digest of settings that touch no value, and name
 *   <li>{@code x}: the number of a column that was dropped
 *   <li>{@code e}, {@code t}: an enum or composite type, the number of a column that is made of it,
 *       digests of its labels or of its attributes
 * </ul>
 */
record Shape(
    String relation,
    String file,
    @Nullable Key key,
    Map<Integer, Column> columns,
    Set<Integer> dropped,
    Map<String, MadeOf> types) {

  /**
   * The primary key's constraint.
   *
   * @param index tells which transaction wrote the table's files last
   */
  record Key(String oid, String row, String index) {}

  /** A captured column. */
  record Column(
      int number,
      String row,
      String type,
      String defaultOid,
      String mark,
      String settings,
      String name) {
    boolean generated() {
      return mark.startsWith("g");
    }
  }

  /**
   * A type that people may alter under a table.
   *
   * @param column a column that is made of it
   * @param parts digests of its labels; of a composite type one, of all attributes
   */
  record MadeOf(int column, boolean labels, Set<String> parts) {}

  /** The shape that a line tells of. */
  static Shape of(String line) {
    String relation = "";
    String file = "";
    @Nullable Key key = null;
    Map<Integer, Column> columns = new HashMap<>();
    Set<Integer> dropped = new HashSet<>();
    Map<String, MadeOf> types = new HashMap<>();
    for (String word : line.split(" ", -1)) {
      List<String> parts = parts(word);
      String first = parts.get(0);
      switch (word.charAt(0)) {
        case 'r' -> relation = first;
        case 'f' -> file = first;
        case 'k' -> key = new Key(first, parts.get(1), parts.get(2));
        case 'c' -> columns.put(Integer.valueOf(first), column(parts));
        case 'x' -> dropped.add(Integer.valueOf(first));
        case 'e', 't' -> types.put(first, type(word.charAt(0) == 'e', parts));
        default -> throw new IllegalArgumentException("no part of a table's shape");
      }
    }
    return new Shape(relation, file, key, columns, dropped, types);
  }

  private static List<String> parts(String word) {
    List<String> parts = new ArrayList<>();
    for (String part : word.substring(1).split("/", -1)) {
      parts.add(part.replace("%2F", "/").replace("%20", " ").replace("%25", "%"));
    }
    return parts;
  }

  private static Column column(List<String> parts) {
    return new Column(
        Integer.parseInt(parts.get(0)),
        parts.get(1),
        parts.get(2),
        parts.get(3),
        parts.get(4),
        parts.get(5),
        parts.get(6));
  }

  private static MadeOf type(boolean labels, List<String> parts) {
    return new MadeOf(
        Integer.parseInt(parts.get(1)), labels, Set.copyOf(parts.subList(2, parts.size())));
  }

  /** The column of that number, for people. */
  String named(int number) {
    Column column = columns.get(number);
    return column == null ? "number " + number : column.name();
  }
}
