package io.valmed.archive.sink.postgres;

import io.valmed.archive.databases.archive.AlarmTable;
import io.valmed.archive.runtime.server.DatabaseQuestion;
import io.valmed.archive.runtime.server.ServerQuestion;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.sink.apply.ArchiveStanding;
import io.valmed.archive.sink.postgres.quarantine.QuarantineTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalDouble;

/** Asks the archive how far it is. */
public final class ArchiveQuestion {
  private static final String LAG =
      """
      SELECT extract(epoch FROM clock_timestamp() - written_at) FROM arc.heartbeat WHERE slot = ?
      """;
  private static final String HAS_HEARTBEAT = "SELECT to_regclass('arc.heartbeat') IS NOT NULL";

  private ArchiveQuestion() {}

  /** A question that has not been asked yet. */
  public static ServerQuestion<ArchiveStanding> of(Settings settings) {
    return new ServerQuestion<>(
        "archive",
        new DatabaseQuestion<>(
            settings.archive().sink(),
            "valmed-archive sink health",
            archive -> standing(archive, settings)),
        System::nanoTime);
  }

  private static ArchiveStanding standing(Connection archive, Settings settings)
      throws SQLException {
    return new ArchiveStanding(
        lag(archive, settings.capture().slot()),
        new PositionTable(archive).readAll(),
        new AlarmTable(archive, settings.prefix()).open(),
        new QuarantineTable(archive).open());
  }

  private static OptionalDouble lag(Connection archive, String slot) throws SQLException {
    if (!hasHeartbeat(archive)) {
      return OptionalDouble.empty();
    }
    try (PreparedStatement query = archive.prepareStatement(LAG)) {
      query.setString(1, slot);
      try (ResultSet row = query.executeQuery()) {
        return row.next() && row.getObject(1) != null
            ? OptionalDouble.of(row.getDouble(1))
            : OptionalDouble.empty();
      }
    }
  }

  private static boolean hasHeartbeat(Connection archive) throws SQLException {
    try (Statement statement = archive.createStatement();
        ResultSet row = statement.executeQuery(HAS_HEARTBEAT)) {
      return row.next() && row.getBoolean(1);
    }
  }
}
