package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Ground;
import java.util.List;

/** Rows committed in hot while the slot holds them, until they are committed in Kafka. */
public final class CaptureContest implements Contest {
  /** The product with Debezium's engine. */
  static final String OURS_WITH_ENGINE = "archive-engine";

  static final String ENGINE = "debezium-engine";
  static final String PGOUTPUT = "pgoutput";

  private final boolean peers;

  /**
   * @param peers whether peers that are resolved from a registry take part
   */
  public CaptureContest(boolean peers) {
    this.peers = peers;
  }

  @Override
  public String key() {
    return "capture";
  }

  @Override
  public String title() {
    return "rows held by the slot -> committed in Kafka (other references: read and thrown away)";
  }

  @Override
  public List<String> contestants() {
    return peers
        ? List.of(OURS, OURS_WITH_ENGINE, ENGINE, PGOUTPUT)
        : List.of(OURS, OURS_WITH_ENGINE, PGOUTPUT);
  }

  @Override
  public Heat heat(Ground ground) throws Exception {
    return CaptureHeat.prepare(ground, contestants());
  }
}
