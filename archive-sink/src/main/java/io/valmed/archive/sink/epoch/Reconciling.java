package io.valmed.archive.sink.epoch;

/** How far a table has come with the reconciliation of an epoch. */
public sealed interface Reconciling {

  /** Nothing of the table waits for the epoch any more. */
  record Settled() implements Reconciling {}

  /** The snapshot is not applied yet, or another sink is at it; it passes by itself. */
  record Behind() implements Reconciling {}

  /**
   * The table's rows stay where they are, what follows the snapshot waits, and its purge too.
   *
   * @param sentence what is wrong and what to do
   */
  record Held(String sentence) implements Reconciling {}
}
