package io.valmed.archive.databases.identity;

import io.valmed.archive.databases.schema.ReleaseSchema;
import io.valmed.archive.databases.schema.SchemaCheck;
import io.valmed.archive.model.topic.SchemaRecord.Installed;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/**
 * Whether databases are those of the installation, and of this release. Everyone asks before
 * anything is written; what does not fit is a sentence with what is expected, what was found, and
 * the way out.
 */
public final class IdentityCheck {
  private static final Set<String> NOT_MIGRATED =
      Set.of(SqlState.UNDEFINED_TABLE, SqlState.INVALID_SCHEMA_NAME);

  private final Settings settings;

  public IdentityCheck(Settings settings) {
    this.settings = settings;
  }

  /**
   * The hot database's row of this prefix.
   *
   * @throws OtherInstallationException when this is not the database that the prefix belongs to
   * @throws StopException when it cannot say
   */
  public Installation hot(Connection hot) throws SQLException {
    SchemaCheck.of(ReleaseSchema.HOT, hot);
    Installation found = row("hot", hot);
    DatabaseIdentity actual = DatabaseIdentity.of(hot);
    if (!found.hot().same(actual)) {
      throw new OtherInstallationException(anotherHot(found.hot(), actual.at(hot)));
    }
    if (!found.slot().equals(settings.capture().slot())
        || !found.publication().equals(settings.capture().publication())) {
      throw new OtherInstallationException(
          "Installation %s has slot %s and publication %s in hot's %s, but capture.slot and capture.publication name %s and %s; correct the settings, or run './archive provision hot --undo' with the old ones first."
              .formatted(
                  found.prefix(),
                  found.slot(),
                  found.publication(),
                  actual.at(hot),
                  settings.capture().slot(),
                  settings.capture().publication()));
    }
    return found;
  }

  /**
   * The archive's row of this prefix.
   *
   * @throws StopException when this archive does not know the prefix, or is a copy of another
   */
  public Installation archive(Connection archive) throws SQLException {
    SchemaCheck.of(ReleaseSchema.ARCHIVE, archive);
    Installation found = row("archive", archive);
    DatabaseIdentity actual = DatabaseIdentity.of(archive);
    ArchiveIdentity own =
        ArchiveIdentity.find(archive).orElseThrow(() -> unknown("archive", actual, archive));
    if (!own.written().same(actual)) {
      throw new StopException(copiedArchive(own.written(), actual.at(archive)));
    }
    if (!own.id().equals(found.archive())) {
      throw unknown("archive", actual, archive);
    }
    return found;
  }

  /**
   * Compares the archive with what the schema topic says.
   *
   * @throws StopException when the topics are of another installation, or for another archive
   */
  public void topics(Connection archive, Installed topics) throws SQLException {
    Installation own = archive(archive);
    if (!own.id().equals(topics.installation())) {
      throw new StopException(
          "The topics of prefix %s hold the history of hot database %s (oid %d) of system %s, but the archive at %s keeps that of %s; nothing was applied: name this archive's brokers or prefix, or, if hot was adopted, run './archive provision archive' and then './archive capture --new-epoch'."
              .formatted(
                  topics.prefix(),
                  topics.database(),
                  topics.databaseOid(),
                  topics.systemId(),
                  DatabaseIdentity.host(archive),
                  own.hot()));
    }
    if (topics.archive() != null && !topics.archive().equals(own.archive())) {
      throw new StopException(
          "The topics of prefix %s are for archive %s, but archive.url leads to archive %s at %s; nothing was applied: point it at the right archive, or, if this one was adopted in its place, start capture again."
              .formatted(
                  topics.prefix(),
                  topics.archive(),
                  own.archive(),
                  DatabaseIdentity.host(archive)));
    }
  }

  /**
   * Compares what hot and archive say of each other.
   *
   * @throws StopException when they do not belong to each other
   */
  public static void pair(Installation hot, Installation archive) {
    if (!hot.id().equals(archive.id())) {
      throw new StopException(
          "The archive keeps installation %s of %s, but hot is %s under another identity; point hot.url or archive.url at the right one, or, if hot was moved there for good, run './archive provision hot --adopt --reason …' and './archive provision archive'."
              .formatted(hot.prefix(), archive.hot(), hot.hot()));
    }
    if (archive.archive() == null || !archive.archive().equals(hot.archive())) {
      throw new StopException(
          "Hot's %s is archived in %s, but archive.url leads to archive %s; point it at the right one, or, if this archive takes its place, run './archive provision archive --adopt --reason …'."
              .formatted(
                  hot.hot(),
                  hot.archive() == null
                      ? "no archive yet (run './archive provision archive')"
                      : "archive " + hot.archive(),
                  archive.archive()));
    }
  }

  /** What is said of a database that stands where another one is expected. */
  public String anotherHot(DatabaseIdentity expected, String found) {
    return "Installation %s belongs to hot %s, but hot.url leads to %s; point it at the right database, or, if hot was moved (if the old one still runs, stop what writes there), run './archive provision hot --adopt --reason …', then './archive provision archive' and './archive capture --new-epoch'."
        .formatted(settings.prefix(), expected, found);
  }

  /** What is said of an archive database that was copied. */
  public static String copiedArchive(DatabaseIdentity expected, String found) {
    return "This archive was written in %s, but archive.url leads to a copy of it, %s; point it at the right database, or, if the archive was moved (stop what writes to the old one), run './archive provision archive --adopt --reason …'."
        .formatted(expected, found);
  }

  private Installation row(String database, Connection connection) throws SQLException {
    try {
      Optional<Installation> found = new InstallationTable(connection).find(settings.prefix());
      if (found.isPresent()) {
        return found.get();
      }
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (NOT_MIGRATED.contains(state) || SqlState.INSUFFICIENT_PRIVILEGE.equals(state)) {
        throw new StopException(
            "The %s database lacks arc.installation, or this role may not read it; run './archive migrate %s up' and './archive provision %s'."
                .formatted(database, database, database),
            e);
      }
      throw e;
    }
    throw unknown(database, DatabaseIdentity.of(connection), connection);
  }

  private OtherInstallationException unknown(
      String database, DatabaseIdentity actual, Connection connection) {
    String where;
    try {
      where = actual.at(connection);
    } catch (SQLException e) {
      where = actual.toString();
    }
    return new OtherInstallationException(
        "The %s database that %s.url leads to, %s, does not know installation %s; run './archive provision %s', or point %s.url at the right database."
            .formatted(database, database, where, settings.prefix(), database, database));
  }
}
