package io.valmed.archive.databases.identity;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/**
 * Which archive a database is: its row of {@code arc.archive_identity}.
 *
 * @param id one per archive
 * @param written the database in which it was written; another one is a copy
 */
public record ArchiveIdentity(UUID id, DatabaseIdentity written) {
  private static final String READ =
      "SELECT archive, system_identifier, database_oid, database_name FROM arc.archive_identity";
  private static final String WRITE =
      """
      INSERT INTO arc.archive_identity (archive, system_identifier, database_oid, database_name) VALUES (?, ?, ?, ?)
      ON CONFLICT (one_row) DO UPDATE SET archive = EXCLUDED.archive, system_identifier = EXCLUDED.system_identifier,
        database_oid = EXCLUDED.database_oid, database_name = EXCLUDED.database_name, recorded_at = clock_timestamp()
      """;

  /** As the database says; nothing: it has not been provisioned. */
  public static Optional<ArchiveIdentity> find(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(READ);
        ResultSet row = query.executeQuery()) {
      return row.next()
          ? Optional.of(
              new ArchiveIdentity(
                  row.getObject(1, UUID.class),
                  new DatabaseIdentity(row.getString(2), row.getLong(3), row.getString(4))))
          : Optional.empty();
    }
  }

  /** Writes it, in place of an older one. */
  public void write(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
      statement.setObject(1, id);
      statement.setString(2, written.systemIdentifier());
      statement.setLong(3, written.oid());
      statement.setString(4, written.name());
      statement.executeUpdate();
    }
  }
}
