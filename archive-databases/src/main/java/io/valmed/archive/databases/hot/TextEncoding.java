package io.valmed.archive.databases.hot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Whether a database knows what its texts are written in. One that does not (SQL_ASCII) takes any
 * bytes, and the first row that has some which are no UTF-8 could be neither archived nor proven
 * (ADR 0124).
 */
public final class TextEncoding {
  /** What is wrong with such a database. */
  public static final String PROBLEM =
      "has the encoding SQL_ASCII: PostgreSQL does not check what its texts are written in, and one row with other bytes than UTF-8 could not be archived and would stop every table";

  /** What to do about it. */
  public static final String FIX =
      "move its tables into a database that has an encoding: 'createdb -T template0 -E UTF8 NEW', 'pg_dump OLD | iconv -f LATIN1 -t UTF-8 | psql NEW' (LATIN1: whatever its applications write)";

  private static final String UNKNOWN =
      "SELECT current_database() WHERE current_setting('server_encoding') = 'SQL_ASCII'";

  private TextEncoding() {}

  /**
   * The name of the session's database if it does not know its encoding; null: it does.
   *
   * @throws SQLException when it cannot be asked
   */
  public static @Nullable String unknownIn(Connection session) throws SQLException {
    try (PreparedStatement query = session.prepareStatement(UNKNOWN);
        ResultSet row = query.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }
}
