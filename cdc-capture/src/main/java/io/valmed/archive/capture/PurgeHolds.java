package io.valmed.archive.capture;

/** Holds purging until a person lets it go on. */
@FunctionalInterface
public interface PurgeHolds {

  /** The scope that holds all tables. */
  String EVERYTHING = "*";

  /**
   * Holds purging, unless the same reason holds it already. Durable when it returns normally; when
   * hot cannot be reached it says so in the log.
   *
   * @param scope {@link #EVERYTHING} or a table as {@code TableId.toString()}
   * @param reason one sentence
   */
  void hold(String scope, String reason);
}
