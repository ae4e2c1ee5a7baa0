package io.valmed.archive.databases.identity;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code arc.installation} and its changes; hot and archive have the same columns. */
public final class InstallationTable {
  private static final String EXISTS =
      "SELECT pg_catalog.to_regclass('arc.installation') IS NOT NULL";
  private static final String READ =
      """
      SELECT prefix, installation, slot, publication, system_identifier, database_oid, database_name, archive
      FROM arc.installation WHERE prefix = ?
      """;
  private static final String TAKEN =
      """
      SELECT prefix FROM arc.installation
      WHERE prefix <> ? AND (slot = ? OR publication = ? AND ?) ORDER BY prefix LIMIT 1
      """;
  private static final String WRITE =
      """
      INSERT INTO arc.installation
        (prefix, installation, slot, publication, system_identifier, database_oid, database_name, archive)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (prefix) DO UPDATE SET installation = EXCLUDED.installation, slot = EXCLUDED.slot,
        publication = EXCLUDED.publication, system_identifier = EXCLUDED.system_identifier,
        database_oid = EXCLUDED.database_oid, database_name = EXCLUDED.database_name, archive = EXCLUDED.archive,
        recorded_at = clock_timestamp()
      """;
  private static final String REMOVE = "DELETE FROM arc.installation WHERE prefix = ?";
  private static final String CHANGE =
      """
      INSERT INTO arc.installation_change (prefix, was, became, was_archive, archive, was_told, became_told, reason)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String PREDECESSORS =
      "SELECT was FROM arc.installation_change WHERE prefix = ? AND was IS NOT NULL";
  private static final String ADOPTED =
      "SELECT EXISTS (SELECT FROM arc.installation_change WHERE prefix = ? AND was IS DISTINCT FROM became)";

  private final Connection connection;

  public InstallationTable(Connection connection) {
    this.connection = connection;
  }

  /**
   * What a person has taken over.
   *
   * @param was what stood in its place; null: nothing was known
   * @param became what stands there now
   * @param wasTold of which database it was, for people
   * @param becameTold of which it is
   * @param reason why
   */
  public record Change(
      @Nullable Installation was,
      Installation became,
      String wasTold,
      String becameTold,
      String reason) {}

  /** Whether this database has been migrated so far. */
  public boolean exists() throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(EXISTS);
        ResultSet row = query.executeQuery()) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** The row of the prefix. */
  public Optional<Installation> find(String prefix) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(READ)) {
      query.setString(1, prefix);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(installation(row)) : Optional.empty();
      }
    }
  }

  /**
   * Another installation that has this slot or publication.
   *
   * @param publicationToo whether publications may not be shared here: in hot
   */
  public Optional<String> taken(Installation wanted, boolean publicationToo) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(TAKEN)) {
      query.setString(1, wanted.prefix());
      query.setString(2, wanted.slot());
      query.setString(3, wanted.publication());
      query.setBoolean(4, publicationToo);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }

  /** Writes the prefix's row, in place of an older one. */
  public void write(Installation installation) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
      statement.setString(1, installation.prefix());
      statement.setObject(2, installation.id());
      statement.setString(3, installation.slot());
      statement.setString(4, installation.publication());
      statement.setString(5, installation.hot().systemIdentifier());
      statement.setLong(6, installation.hot().oid());
      statement.setString(7, installation.hot().name());
      statement.setObject(8, installation.archive());
      statement.executeUpdate();
    }
  }

  /** Removes the prefix's row; its changes stay. */
  public void remove(String prefix) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(REMOVE)) {
      statement.setString(1, prefix);
      statement.executeUpdate();
    }
  }

  /** Notes what a person has taken over. */
  public void note(Change change) throws SQLException {
    Installation was = change.was();
    try (PreparedStatement statement = connection.prepareStatement(CHANGE)) {
      statement.setString(1, change.became().prefix());
      statement.setObject(2, was == null ? null : was.id());
      statement.setObject(3, change.became().id());
      statement.setObject(4, was == null ? null : was.archive());
      statement.setObject(5, change.became().archive());
      statement.setString(6, change.wasTold());
      statement.setString(7, change.becameTold());
      statement.setString(8, change.reason());
      statement.executeUpdate();
    }
  }

  /** Installations in whose place a person has put the one of today. */
  public Set<UUID> predecessors(String prefix) throws SQLException {
    Set<UUID> found = new HashSet<>();
    try (PreparedStatement query = connection.prepareStatement(PREDECESSORS)) {
      query.setString(1, prefix);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          found.add(row.getObject(1, UUID.class));
        }
      }
    }
    return Set.copyOf(found);
  }

  /** Whether a person has ever put another hot database behind the prefix. */
  public boolean adopted(String prefix) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(ADOPTED)) {
      query.setString(1, prefix);
      try (ResultSet row = query.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private static Installation installation(ResultSet row) throws SQLException {
    return new Installation(
        row.getString(1),
        row.getObject(2, UUID.class),
        row.getString(3),
        row.getString(4),
        new DatabaseIdentity(row.getString(5), row.getLong(6), row.getString(7)),
        row.getObject(8, UUID.class));
  }

  /** The prefixes of all installations that are known here. */
  public List<String> prefixes() throws SQLException {
    try (PreparedStatement query =
            connection.prepareStatement(
                "SELECT coalesce(array_agg(prefix ORDER BY prefix), '{}') FROM arc.installation");
        ResultSet row = query.executeQuery()) {
      row.next();
      return List.of((String[]) row.getArray(1).getArray());
    }
  }
}
