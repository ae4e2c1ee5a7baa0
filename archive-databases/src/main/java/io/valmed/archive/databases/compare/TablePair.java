package io.valmed.archive.databases.compare;

import io.valmed.archive.databases.hot.PrimaryKey;
import io.valmed.archive.databases.hot.PrimaryKeys;
import io.valmed.archive.databases.keys.TableShape;
import io.valmed.archive.databases.keys.TableShape.KeyColumn;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.jdbc.AskedSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A table as both databases have it: the same columns and key, each side's own key types.
 *
 * @param hot its shape in hot, without columns that the policy excludes
 * @param mirror its shape in the archive
 */
public record TablePair(TableShape hot, TableShape mirror) {
  private static final String COLUMNS =
      """
      SELECT a.attname::text, format_type(a.atttypid, a.atttypmod)
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.oid = to_regclass(?) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum
      """;

  private static final String READABLE =
      """
      SELECT a.attname::text FROM pg_attribute AS a
      WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
      AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
      """;

  /** The two cannot be compared; the message says why. */
  public static final class UnlikeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean late;

    UnlikeException(String reason) {
      this(reason, false);
    }

    UnlikeException(String reason, boolean late) {
      super(reason);
      this.late = late;
    }

    /** Whether it passes when the archive catches up. */
    public boolean late() {
      return late;
    }
  }

  public static TablePair read(Connection hot, Connection archive, PolicyTable table)
      throws SQLException, UnlikeException {
    Map<String, String> inHot = AskedSession.ask(hot, s -> columns(s, table.table()));
    Map<String, String> inMirror = AskedSession.ask(archive, s -> columns(s, table.table()));
    PrimaryKey primary = AskedSession.ask(hot, s -> PrimaryKeys.of(s, table.table()));
    List<String> key = primary.names();
    if (inHot.isEmpty() || key.isEmpty()) {
      throw new UnlikeException("is not in hot, or has no primary key");
    }
    if (primary.fault() != null) {
      throw new UnlikeException(primary.fault());
    }
    if (inMirror.isEmpty()) {
      throw new UnlikeException("is not in the archive", true);
    }
    List<String> columns = new ArrayList<>(inHot.keySet());
    columns.removeAll(table.exclude());
    List<String> unread = new ArrayList<>(columns);
    unread.removeAll(AskedSession.ask(hot, s -> readable(s, table.table())));
    if (!unread.isEmpty() && !table.exclude().isEmpty()) {
      throw new UnlikeException(
          "has a column in hot that the purge's role may not read, since it was added after the others were granted: "
              + String.join(", ", unread)
              + "; run './archive provision hot', or name it under the table's 'exclude' first");
    }
    for (String column : columns) {
      if (!inMirror.containsKey(column)) {
        throw new UnlikeException(
            "has a column that the archive does not have: "
                + column
                + "; the table's next change in hot brings it, or './archive capture --new-epoch' does",
            true);
      }
    }
    return new TablePair(
        new TableShape(table.table(), columns, typed(key, inHot)),
        new TableShape(table.table(), columns, typed(key, inMirror)));
  }

  private static List<KeyColumn> typed(List<String> key, Map<String, String> types) {
    return key.stream()
        .map(name -> new KeyColumn(name, Objects.requireNonNull(types.get(name))))
        .toList();
  }

  private static Map<String, String> columns(Connection connection, TableId table)
      throws SQLException {
    Map<String, String> columns = new LinkedHashMap<>();
    try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
      query.setString(1, table.sql());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          columns.put(rows.getString(1), rows.getString(2));
        }
      }
    }
    return columns;
  }

  private static List<String> readable(Connection connection, TableId table) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(READABLE)) {
      query.setString(1, table.sql());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          columns.add(rows.getString(1));
        }
      }
    }
    return columns;
  }

  /** The mirror's rows with the change that made each of them what it is. */
  TableShape stampedMirror() {
    List<String> columns = new ArrayList<>(mirror.columns());
    columns.add("arc_epoch");
    columns.add("arc_lsn");
    return new TableShape(mirror.table(), columns, mirror.key());
  }

  /** Tells this shape from any other, in few characters. */
  public String fingerprint() {
    return KeyDigest.of(List.of(hot.toString(), mirror.toString()));
  }

  /** How a row may be named to people. */
  public String name(List<String> key) {
    boolean plain =
        hot.key().stream()
            .allMatch(k -> List.of("uuid", "smallint", "integer", "bigint").contains(k.type()));
    return plain ? String.join(",", key) : "key digest " + KeyDigest.of(key);
  }
}
