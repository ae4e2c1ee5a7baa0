package io.valmed.archive.capture.engine;

import io.valmed.archive.capture.debezium.DebeziumStream;
import io.valmed.archive.capture.event.SourceStream;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.settings.Settings;
import java.util.List;

/** The two ways to read hot's stream, which {@code capture.stream} chooses from. */
public final class ChosenStream {
  private ChosenStream() {}

  /**
   * Starts to stream.
   *
   * @param policy the captured tables, with the columns that are left out
   * @param lsn the end of a transaction, or the slot's own start: what was committed behind it
   *     comes, all of it and nothing else
   * @throws Exception what {@code FailureKind} classifies
   */
  public static SourceStream start(Settings settings, List<PolicyTable> policy, long lsn)
      throws Exception {
    return switch (settings.capture().stream()) {
      case DIRECT -> DebeziumStream.start(settings, policy, lsn);
      case ENGINE -> EngineStream.start(settings, policy, lsn);
    };
  }
}
