package io.valmed.archive.sink.postgres;

import io.valmed.archive.databases.hold.HoldTable;
import io.valmed.archive.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The holds that sinks set for tables that wait. */
public final class SinkHolds {
  private static final String WHO = "archive-sink";

  private final HoldTable holds;

  public SinkHolds(Connection connection, String prefix) {
    this.holds = new HoldTable(connection, prefix);
  }

  /** See {@link io.valmed.archive.sink.apply.Archive#holdPurge}. */
  public void set(Collection<TableId> tables, Map<TableId, String> stopped) throws SQLException {
    for (Map.Entry<TableId, String> one : stopped.entrySet()) {
      holds.hold(one.getKey().toString(), one.getValue(), WHO);
    }
    List<String> others =
        tables.stream().filter(t -> !stopped.containsKey(t)).map(TableId::toString).toList();
    holds.release(WHO, others);
  }
}
