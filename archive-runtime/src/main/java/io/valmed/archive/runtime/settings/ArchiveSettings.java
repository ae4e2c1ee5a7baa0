package io.valmed.archive.runtime.settings;

import io.valmed.archive.runtime.server.DatabaseLogin;

/**
 * The archive database and the roles in it.
 *
 * @param migrator owns everything
 * @param sink merges the mirror, inserts into the cold store
 * @param purger reads the mirror, inserts into the journal
 * @param reader reads
 */
public record ArchiveSettings(
    DatabaseLogin migrator, DatabaseLogin sink, DatabaseLogin purger, DatabaseLogin reader) {

  /** The same with another way in for the purge. */
  public ArchiveSettings withPurger(DatabaseLogin login) {
    return new ArchiveSettings(migrator, sink, login, reader);
  }
}
