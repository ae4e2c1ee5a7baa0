package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Ground;
import java.util.List;

/** Settled, cold orders with their administrations, until they have left hot. */
public final class PurgeContest implements Contest {
  static final String BLIND = "blind-delete";
  static final String NIGHTLY = "nightly-sql";

  @Override
  public String key() {
    return "purge";
  }

  @Override
  public String title() {
    return "settled, cold rows -> out of hot, a slot holding the WAL";
  }

  @Override
  public List<String> contestants() {
    return List.of(OURS, BLIND, NIGHTLY);
  }

  @Override
  public Heat heat(Ground ground) {
    return new PurgeHeat(ground);
  }
}
