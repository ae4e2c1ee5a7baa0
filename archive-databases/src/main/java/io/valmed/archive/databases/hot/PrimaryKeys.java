package io.valmed.archive.databases.hot;

import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one reader of primary keys, in either database (ADR 0117). A key serves if its index is valid
 * and checked at once, and if each of its columns has a built-in type whose equal values have equal
 * texts, since rows travel under their keys' texts.
 */
public final class PrimaryKeys {
  /**
   * A subquery with a row for each column of each table's primary key: {@code relation, place,
   * name, type, fault}. The type that an index compares a column as is that of its operator class:
   * of a domain its base type, of an enum {@code anyenum}.
   */
  public static final String ROWS =
      """
      (SELECT i.indrelid AS relation, k.place::int AS place, a.attname::text AS name,
              format_type(a.atttypid, a.atttypmod) AS type,
              CASE WHEN NOT i.indisvalid THEN
                format('has a primary key whose index is not valid; run REINDEX INDEX CONCURRENTLY %s', i.indexrelid::regclass)
              WHEN NOT i.indimmediate THEN
                'has a deferrable primary key: two rows can have one key for a while, and updates that exchange keys cannot be followed; make the key anew, NOT DEFERRABLE'
              WHEN k.compared NOT IN ('bool'::regtype, '"char"'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'oid'::regtype,
                                      'numeric'::regtype, 'uuid'::regtype, 'text'::regtype, 'name'::regtype, 'bpchar'::regtype, 'bytea'::regtype,
                                      'date'::regtype, 'time'::regtype, 'timetz'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype,
                                      'inet'::regtype, 'macaddr'::regtype, 'macaddr8'::regtype, 'bit'::regtype, 'varbit'::regtype,
                                      'money'::regtype, 'pg_lsn'::regtype, 'xid8'::regtype, 'anyenum'::regtype)
                AND a.atttypid NOT IN ('int4range'::regtype, 'int8range'::regtype, 'daterange'::regtype, 'tsrange'::regtype, 'tstzrange'::regtype) THEN
                format('has the column %s of type %s in its primary key, by which rows cannot be told apart exactly in both databases; give the table a key of another type, or take it out of the policy',
                       quote_ident(a.attname), format_type(a.atttypid, NULL))
              END AS fault
       FROM pg_index AS i
       CROSS JOIN LATERAL (
         SELECT u.attnum, u.place, o.opcintype AS compared
         FROM unnest(i.indkey::int2[], i.indclass::oid[]) WITH ORDINALITY AS u (attnum, opclass, place)
         JOIN pg_opclass AS o ON o.oid = u.opclass
         WHERE u.place <= i.indnkeyatts) AS k
       JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
       WHERE i.indisprimary)
      """;

  private static final String OF_RELATION =
      "SELECT name, type, fault FROM %s AS k WHERE k.relation = ?::bigint::oid ORDER BY k.place"
          .formatted(ROWS);

  private static final String OF_NAME =
      "SELECT name, type, fault FROM %s AS k WHERE k.relation = to_regclass(?) ORDER BY k.place"
          .formatted(ROWS);

  private PrimaryKeys() {}

  /** The key of the table of that name; without columns when the table, or a key, is missing. */
  public static PrimaryKey of(Connection connection, TableId table) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(OF_NAME)) {
      query.setString(1, table.sql());
      return read(query);
    }
  }

  /** The same of the table with that oid. */
  public static PrimaryKey of(Connection connection, long relation) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(OF_RELATION)) {
      query.setLong(1, relation);
      return read(query);
    }
  }

  private static PrimaryKey read(PreparedStatement query) throws SQLException {
    List<PrimaryKey.Column> columns = new ArrayList<>();
    @Nullable String fault = null;
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        columns.add(new PrimaryKey.Column(rows.getString(1), rows.getString(2)));
        fault = fault == null ? rows.getString(3) : fault;
      }
    }
    return new PrimaryKey(columns, fault);
  }
}
