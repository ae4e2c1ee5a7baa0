package io.valmed.archive.capture.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which type the archive gives a column, and which types it refuses. Built-in types keep their name
 * without length or precision, but for {@link #WIDER}; whatever is made by the database itself
 * becomes text.
 */
final class ArchiveTypes {
  private static final String TYPES =
      """
      SELECT t.oid::bigint, t.typtype, t.typbasetype::bigint,
             CASE WHEN t.typinput = 'array_in'::regproc THEN t.typelem::bigint ELSE 0 END,
             t.typrelid::bigint, n.nspname = 'pg_catalog', t.typname, format_type(t.oid, NULL)
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      """;

  private static final String MEMBERS =
      """
      SELECT a.attrelid::bigint, a.atttypid::bigint
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relkind = 'c' AND a.attnum > 0 AND NOT a.attisdropped
      """;

  /** Their text is a name that changes when the thing is renamed, with no change of the row. */
  private static final Set<String> NAMES_OF_THINGS =
      Set.of(
          "regclass",
          "regcollation",
          "regconfig",
          "regdictionary",
          "regnamespace",
          "regoper",
          "regoperator",
          "regproc",
          "regprocedure",
          "regrole",
          "regtype",
          "aclitem");

  /**
   * Wider types of the same text form, so that widening a column in hot never touches the archive;
   * and types that mean length 1 in SQL where they stand without a length.
   */
  private static final Map<String, String> WIDER =
      Map.of(
          "int2", "bigint",
          "int4", "bigint",
          "varchar", "text",
          "name", "text",
          "bpchar", "bpchar",
          "bit", "bit varying");

  private final Map<Long, Type> types = new HashMap<>();
  private final Map<Long, Set<Long>> members = new HashMap<>();

  private record Type(
      char kind,
      long base,
      long element,
      long relation,
      boolean builtIn,
      String name,
      String sql) {}

  private ArchiveTypes() {}

  static ArchiveTypes read(Connection connection) throws SQLException {
    ArchiveTypes all = new ArchiveTypes();
    try (PreparedStatement query = connection.prepareStatement(TYPES);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        all.types.put(
            rows.getLong(1),
            new Type(
                rows.getString(2).charAt(0),
                rows.getLong(3),
                rows.getLong(4),
                rows.getLong(5),
                rows.getBoolean(6),
                rows.getString(7),
                rows.getString(8)));
      }
    }
    try (PreparedStatement query = connection.prepareStatement(MEMBERS);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        all.members.computeIfAbsent(rows.getLong(1), id -> new HashSet<>()).add(rows.getLong(2));
      }
    }
    return all;
  }

  /** The archive's type for a hot type, as SQL text. */
  String archiveType(long id) {
    Type type = types.get(id);
    if (type == null) {
      return "text";
    }
    if (type.kind() == 'd') {
      return archiveType(type.base());
    }
    boolean kept = type.kind() == 'b' || type.kind() == 'r' || type.kind() == 'm';
    if (!type.builtIn() || !kept) {
      return "text";
    }
    Type element = type.element() == 0 ? null : types.get(type.element());
    return element == null
        ? WIDER.getOrDefault(type.name(), type.sql())
        : WIDER.containsKey(element.name()) ? WIDER.get(element.name()) + "[]" : type.sql();
  }

  /** Why values of the type have no lasting text form; null: they have. */
  @Nullable String refusal(long id) {
    return refusal(id, new HashSet<>());
  }

  private @Nullable String refusal(long id, Set<Long> seen) {
    Type type = types.get(id);
    if (type == null || !seen.add(id)) {
      return null;
    }
    if (type.builtIn() && NAMES_OF_THINGS.contains(type.name())) {
      return "type " + type.sql() + ", whose text changes when what it names is renamed";
    }
    for (long part : new long[] {type.base(), type.element()}) {
      String reason = part == 0 ? null : refusal(part, seen);
      if (reason != null) {
        return reason;
      }
    }
    for (long member : members.getOrDefault(type.relation(), Set.of())) {
      String reason = refusal(member, seen);
      if (reason != null) {
        return reason;
      }
    }
    return null;
  }
}
