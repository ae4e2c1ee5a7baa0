package io.valmed.archive.purge;

import io.valmed.archive.databases.archive.CaughtUp;
import io.valmed.archive.purge.lane.LaneSessions;
import io.valmed.archive.purge.postgres.ArchiveSession;
import io.valmed.archive.purge.postgres.EqualPages;
import io.valmed.archive.purge.postgres.HotSession;
import io.valmed.archive.purge.postgres.MirrorRows;
import io.valmed.archive.purge.postgres.OpenHolds;
import io.valmed.archive.purge.postgres.PostgresJournal;
import io.valmed.archive.runtime.settings.PurgeSettings;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;

/** Opens the sessions that a lane works with. */
final class PurgeSessions {
  private PurgeSessions() {}

  /** Opens the archive for a hot session, which is closed if that fails. */
  static LaneSessions open(Settings settings, HotSession hot) throws SQLException {
    PurgeSettings purge = settings.purge();
    try {
      ArchiveSession archive = ArchiveSession.open(settings, hot);
      CaughtUp progress =
          new CaughtUp(hot.connection(), archive.connection(), settings.capture().slot());
      MirrorRows mirror = new MirrorRows(archive.connection(), settings.prefix(), progress);
      PostgresJournal journal =
          new PostgresJournal(archive, settings.prefix(), purge.worker(), hot.systemId());
      return new LaneSessions(
          hot,
          mirror,
          journal,
          new EqualPages(archive, mirror, journal),
          new OpenHolds(hot.connection(), archive.connection(), settings.prefix()),
          () -> archive.limitStatements(purge.archiveTimeout()),
          archive::checkDurable,
          () -> {
            archive.close();
            hot.close();
          });
    } catch (SQLException | RuntimeException e) {
      hot.close();
      throw e;
    }
  }
}
