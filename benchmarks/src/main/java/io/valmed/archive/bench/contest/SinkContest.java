package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Ground;
import java.util.List;

/** Rows that stand in the topics, until they are visible in an archive that was empty. */
public final class SinkContest implements Contest {
  static final String COPY = "copy";

  @Override
  public String key() {
    return "sink";
  }

  @Override
  public String title() {
    return "full topics -> visible in the mirror (reference: COPY of the same rows into the same tables)";
  }

  @Override
  public List<String> contestants() {
    return List.of(OURS, COPY);
  }

  @Override
  public Heat heat(Ground ground) throws Exception {
    return SinkHeat.prepare(ground);
  }
}
