package io.valmed.archive.purge.page;

/** What became of a hot transaction. */
public enum TransactionFate {
  COMMITTED,
  ROLLED_BACK,
  /** Its session has not ended yet. */
  RUNNING,
  /** The server cannot tell: it is too old, or a crash gave its number to another transaction. */
  FORGOTTEN
}
