package io.valmed.archive.sink.apply;

import io.valmed.archive.model.topic.Positions;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How far the archive is now.
 *
 * @param lagSeconds how many seconds ago, by the archive's clock, the newest heartbeat in the
 *     archive was written in hot; empty: none has arrived yet
 * @param applied the positions of all sinks
 * @param alarmsOpen alarms that nobody has looked at
 * @param quarantineOpen how many records of each table are open in the quarantine
 */
public record ArchiveStanding(
    OptionalDouble lagSeconds,
    Positions applied,
    long alarmsOpen,
    Map<String, Long> quarantineOpen) {

  public ArchiveStanding {
    quarantineOpen = Map.copyOf(quarantineOpen);
  }
}
