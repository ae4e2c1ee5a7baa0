package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Ground;
import java.util.List;

/** Rows committed in hot, until they are visible in another database. */
public final class PipelineContest implements Contest {
  static final String CONNECT = "connect-jdbc-sink";
  static final String NATIVE = "native-replication";

  private final boolean peers;

  /**
   * @param peers whether peers that are resolved from a registry take part
   */
  public PipelineContest(boolean peers) {
    this.peers = peers;
  }

  @Override
  public String key() {
    return "pipeline";
  }

  @Override
  public String title() {
    return "first commit in hot -> last row visible in the target, all running";
  }

  @Override
  public List<String> contestants() {
    return peers ? List.of(OURS, NATIVE, CONNECT) : List.of(OURS, NATIVE);
  }

  @Override
  public Heat heat(Ground ground) {
    return new PipelineHeat(ground);
  }
}
