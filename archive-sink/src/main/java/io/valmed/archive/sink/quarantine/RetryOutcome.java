package io.valmed.archive.sink.quarantine;

/**
 * What became of a retry.
 *
 * @param kind whether the record is settled
 * @param sentence what happened, without any value
 */
public record RetryOutcome(Kind kind, String sentence) {

  /** Whether a record is settled by a retry. */
  public enum Kind {
    /** It stands in the archive now. */
    APPLIED,
    /** A newer change of the row stands there: nothing was to be done. */
    SUPERSEDED,
    /** It stays in the quarantine. */
    STAYS
  }

  /** Whether the record is settled. */
  public boolean settled() {
    return kind != Kind.STAYS;
  }

  /** The record stays where it is. */
  public static RetryOutcome stays(String sentence) {
    return new RetryOutcome(Kind.STAYS, sentence);
  }
}
