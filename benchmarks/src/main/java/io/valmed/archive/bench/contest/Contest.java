package io.valmed.archive.bench.contest;

import io.valmed.archive.bench.ground.Ground;
import java.util.List;

/** The product and its references at the same work. */
public interface Contest {
  /** The product's own name among the contestants. */
  String OURS = "archive";

  /** The measurement's name in results. */
  String key();

  /** What is measured, from where to where. */
  String title();

  /** The contestants' names, {@link #OURS} first. */
  List<String> contestants();

  /** Prepares a round: the same rows for everyone. */
  Heat heat(Ground ground) throws Exception;
}
