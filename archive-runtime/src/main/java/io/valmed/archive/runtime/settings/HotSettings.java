package io.valmed.archive.runtime.settings;

import io.valmed.archive.runtime.server.DatabaseLogin;

/**
 * The hot database and the roles in it.
 *
 * @param migrator owns schema {@code arc}; may create roles, publications and alter the tables
 * @param capture REPLICATION and SELECT
 * @param purger SELECT, DELETE and the row lock
 */
public record HotSettings(DatabaseLogin migrator, DatabaseLogin capture, DatabaseLogin purger) {

  /** The same with another way in for capture. */
  public HotSettings withCapture(DatabaseLogin login) {
    return new HotSettings(migrator, login, purger);
  }

  /** The same with another way in for the purge. */
  public HotSettings withPurger(DatabaseLogin login) {
    return new HotSettings(migrator, capture, login);
  }
}
