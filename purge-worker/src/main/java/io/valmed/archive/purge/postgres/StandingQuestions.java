package io.valmed.archive.purge.postgres;

import io.valmed.archive.databases.archive.TableVerifications;
import io.valmed.archive.databases.witness.OverduePages;
import io.valmed.archive.model.PolicyTable;
import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.count.ArchiveStanding;
import io.valmed.archive.purge.count.HotStanding;
import io.valmed.archive.purge.count.PurgeServers;
import io.valmed.archive.runtime.DatabaseQuestion;
import io.valmed.archive.runtime.ServerQuestion;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Asks both databases how the purge stands, in sessions that no page uses. */
public final class StandingQuestions {
  private static final String NAME = "valmed-archive purge health";
  private static final String HELD =
      "SELECT DISTINCT scope FROM arc.purge_hold WHERE released_at IS NULL AND prefix IN ('', ?)";

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
            hot -> new HotStanding(ahead(hot, wall), held(hot, settings.prefix()))),
        System::nanoTime);
  }

  private static ServerQuestion<ArchiveStanding> archive(Settings settings, InstantSource wall) {
    String prefix = settings.prefix();
    List<TableId> tables = settings.policy().tables().stream().map(PolicyTable::table).toList();
    return new ServerQuestion<>(
        "archive",
        new DatabaseQuestion<>(
            settings.archive().purger(),
            NAME,
            archive ->
                new ArchiveStanding(
                    ahead(archive, wall),
                    held(archive, prefix),
                    OverduePages.read(archive, prefix, settings.purge().witnessWithin()),
                    new TableVerifications(archive, prefix).list(tables))),
        System::nanoTime);
  }

  private static double ahead(Connection database, InstantSource wall) throws SQLException {
    return DatabaseClocks.read(database).aheadOf(DatabaseClocks.read(wall));
  }

  private static Set<String> held(Connection database, String prefix) throws SQLException {
    Set<String> held = new HashSet<>();
    try (PreparedStatement query = database.prepareStatement(HELD)) {
      query.setString(1, prefix);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          held.add(row.getString(1));
        }
      }
    }
    return held;
  }
}
