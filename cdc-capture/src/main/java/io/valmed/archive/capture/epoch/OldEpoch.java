package io.valmed.archive.capture.epoch;

import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.capture.kafka.LostUpdates;
import io.valmed.archive.capture.postgres.HotSession;
import io.valmed.archive.capture.start.EstimatedRows;
import io.valmed.archive.capture.start.HotState;
import io.valmed.archive.capture.start.StoredState;
import io.valmed.archive.capture.start.WholeTables;
import io.valmed.archive.capture.stream.ChangeLog;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Epoch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What must be done while an old epoch still stands, before a new one gives it up. */
public final class OldEpoch {
  private final Surroundings around;
  private final ChangeLog log;
  private final List<TableId> tables;

  public OldEpoch(Surroundings around, ChangeLog log, List<TableId> tables) {
    this.around = around;
    this.log = log;
    this.tables = List.copyOf(tables);
  }

  /** A snapshot that does not see all rows would file the others as gone. */
  public void refuseHiddenRows() throws SQLException {
    try (Connection connection =
        HotSession.open(around.settings().hot().capture(), "valmed-archive capture")) {
      new WholeTables(connection).refuseHidden(tables);
      around.metrics().copies(EstimatedRows.of(connection, tables));
    }
  }

  /** Hot has lost what Kafka has: what updates there replaced is kept, see {@link LostUpdates}. */
  public void keepLost(StoredState stored, HotState state) {
    @Nullable Epoch before = stored.epoch();
    if (before != null) {
      List<TableId> rows =
          tables.stream().filter(table -> !table.equals(PassedBeats.TABLE)).toList();
      @Nullable SourceOffset offset = stored.offset();
      new LostUpdates(around.settings(), log, before.number())
          .keep(rows, state.heartbeat().positions(), offset == null ? 0 : offset.lsn());
    }
  }
}
