package io.valmed.archive.operations.epoch;

import io.valmed.archive.model.TableId;
import org.jspecify.annotations.Nullable;

/**
 * How a table stands with an epoch.
 *
 * @param epoch the epoch's number
 * @param table the table
 * @param state {@code reconciled}, {@code passed over}, {@code unnamed}, {@code differs} or {@code
 *     asks}
 * @param announced rows that the snapshot copied; null: it does not name the table
 * @param applied rows of the epoch in the mirror when the snapshot had been applied; null: they
 *     were not counted
 * @param unseen rows of older epochs that would be, or were, filed as unseen
 * @param sentence why it is not reconciled, and what to do
 * @param lookedAt when the sink noted it
 * @param confirmed who confirmed last, when and why; null: nobody
 */
public record TableReconciliation(
    int epoch,
    TableId table,
    String state,
    @Nullable Long announced,
    @Nullable Long applied,
    @Nullable Long unseen,
    @Nullable String sentence,
    String lookedAt,
    @Nullable String confirmed) {

  /** Whether the table waits for a person. */
  public boolean waits() {
    return switch (state) {
      case "unnamed", "differs", "asks" -> true;
      default -> false;
    };
  }
}
