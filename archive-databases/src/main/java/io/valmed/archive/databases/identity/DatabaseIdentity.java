package io.valmed.archive.databases.identity;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Which database something is.
 *
 * @param systemIdentifier the server's, which a copy of its files keeps
 * @param oid the database's, which a rename keeps
 * @param name its name, for people
 */
public record DatabaseIdentity(String systemIdentifier, long oid, String name) {
  private static final String READ =
      """
      SELECT (SELECT system_identifier FROM pg_catalog.pg_control_system())::text, oid::bigint, datname
      FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
      """;

  /** The database that the connection leads to. */
  public static DatabaseIdentity of(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(READ);
        ResultSet row = query.executeQuery()) {
      row.next();
      return new DatabaseIdentity(row.getString(1), row.getLong(2), row.getString(3));
    }
  }

  /** Whether it is the same database, whatever it is called now. */
  public boolean same(DatabaseIdentity other) {
    return systemIdentifier.equals(other.systemIdentifier) && oid == other.oid;
  }

  /** The database's name and server, with the host that the connection leads to. */
  public String at(Connection connection) throws SQLException {
    return this + " at " + host(connection);
  }

  /** Host and port of a connection, without the driver's words. */
  static String host(Connection connection) throws SQLException {
    String url = connection.getMetaData().getURL();
    return url.replaceFirst("^jdbc:postgresql://", "").replaceFirst("[/?].*$", "");
  }

  @Override
  public String toString() {
    return "database " + name + " (oid " + oid + ") of system " + systemIdentifier;
  }
}
