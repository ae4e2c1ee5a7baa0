package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.archive.TableVerifications;
import io.valmed.archive.databases.hold.HoldTable;
import io.valmed.archive.databases.witness.OverduePages;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.purge.count.HotStanding;
import io.valmed.archive.purge.count.PurgeServers;
import io.valmed.archive.purge.count.PurgeStanding;
import io.valmed.archive.runtime.server.DatabaseQuestion;
import io.valmed.archive.runtime.server.ServerQuestion;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;

/** Asks both databases how the purge stands, in sessions that no page uses. */
public final class StandingQuestions {
  private static final String NAME = "valmed-archive purge health";

  private StandingQuestions() {}

  /**
   * Questions that have not been asked yet.
   *
   * @param wall this machine's clock
   */
  public static PurgeServers of(Settings settings, InstantSource wall) {
    return new PurgeServers(hot(settings, wall), archive(settings, wall), wall);
  }

  private static ServerQuestion<HotStanding> hot(Settings settings, InstantSource wall) {
    return new ServerQuestion<>(
        "hot",
        new DatabaseQuestion<>(
            settings.hot().purger(),
            NAME,
            hot ->
                new HotStanding(ahead(hot, wall), new HoldTable(hot, settings.prefix()).scopes())),
        System::nanoTime);
  }

  private static ServerQuestion<PurgeStanding> archive(Settings settings, InstantSource wall) {
    String prefix = settings.prefix();
    List<TableId> tables = settings.policy().tables().stream().map(PolicyTable::table).toList();
    return new ServerQuestion<>(
        "archive",
        new DatabaseQuestion<>(
            settings.archive().purger(),
            NAME,
            archive ->
                new PurgeStanding(
                    ahead(archive, wall),
                    new HoldTable(archive, prefix).scopes(),
                    OverduePages.read(archive, prefix, settings.purge().witnessWithin()),
                    new TableVerifications(archive, prefix).list(tables))),
        System::nanoTime);
  }

  private static double ahead(Connection database, InstantSource wall) throws SQLException {
    return DatabaseClocks.read(database).aheadOf(DatabaseClocks.read(wall));
  }
}
