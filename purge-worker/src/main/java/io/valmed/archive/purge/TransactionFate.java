package io.valmed.archive.purge;

/** What became of a hot transaction. */
public enum TransactionFate {
  COMMITTED,
  ROLLED_BACK,
  /** Its session has not ended yet. */
  RUNNING,
  /** So old that the server has forgotten it. */
  FORGOTTEN
}
