package io.valmed.archive.operations.alarm;

import io.valmed.archive.databases.archive.AlarmTable;
import io.valmed.archive.databases.schema.ReleaseSchema;
import io.valmed.archive.databases.schema.SchemaCheck;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The alarms of an installation, in its archive. */
public final class Alarms {
  private static final String NAME = "archive alarms";

  private final DatabaseLogin archive;
  private final String prefix;

  /** Looks into the archive of these settings. */
  public Alarms(Settings settings) {
    this.archive = settings.archive().purger();
    this.prefix = settings.prefix();
  }

  /**
   * Alarms, oldest first.
   *
   * @param all those that somebody has looked at too
   */
  public List<AlarmTable.Alarm> list(boolean all) throws SQLException {
    try (Connection connection = archive.connect(NAME)) {
      return new AlarmTable(connection, prefix).list(all);
    }
  }

  /**
   * A person has looked at these; each is settled, and what it held goes on, by itself.
   *
   * @return those of them that were open
   */
  public List<Long> acknowledge(Collection<Long> ids, String who, String reason)
      throws SQLException {
    List<Long> settled = new ArrayList<>();
    try (Connection connection = archive.connect(NAME)) {
      SchemaCheck.of(ReleaseSchema.ARCHIVE, connection);
      AlarmTable alarms = new AlarmTable(connection, prefix);
      for (long id : ids) {
        if (alarms.acknowledge(id, who, reason)) {
          settled.add(id);
        }
      }
    }
    return settled;
  }
}
