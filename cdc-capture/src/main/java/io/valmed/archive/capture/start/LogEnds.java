package io.valmed.archive.capture.start;

import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.StopException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the topics must at least end: what hot's heartbeat and the stored offset know of them.
 * Topics that end before have lost what capture had written, though hot was told that it may forget
 * it.
 *
 * @param known the ends, each the highest that is known
 */
public record LogEnds(Positions known) {
  private static final Logger logger = LoggerFactory.getLogger(LogEnds.class);

  /** What is known of the epoch that Kafka tells of. */
  public static LogEnds known(StoredState stored, HotState hot) {
    Map<String, Long> ends = new HashMap<>(stored.written().next());
    // Also of an epoch that Kafka has forgotten: its topics are the same.
    hot.heartbeat().positions().next().forEach((p, end) -> ends.merge(p, end, Math::max));
    return new LogEnds(Positions.of(ends));
  }

  /**
   * @param before the partitions that end before, each with its end
   * @throws StopException when capture would go on behind what is lost
   */
  public void check(StartGuard.Verdict verdict, Positions before) {
    if (before.next().isEmpty()) {
      return;
    }
    String partition = before.next().firstKey();
    String told =
        "Partition %s ends at %d, but changes had been written up to %d, so Kafka has lost the end of %d of its partitions (a broker that lost its last writes, or a volume put back to an earlier state)."
            .formatted(
                partition,
                before.next().get(partition),
                known.next().get(partition),
                before.next().size());
    if (verdict instanceof StartGuard.Verdict.Resume) {
      throw new StopException(told + StartGuard.NEW_EPOCH);
    }
    logger.warn("{} The new epoch copies the tables behind it.", told);
  }
}
