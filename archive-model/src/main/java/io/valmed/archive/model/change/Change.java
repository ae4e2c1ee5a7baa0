package io.valmed.archive.model.change;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row-level event of a policy table.
 *
 * @param operation what happened
 * @param evidence where and when it happened
 * @param cause why the row left; set for {@link Operation#DELETE} alone
 * @param before the row as it was; null for READ and CREATE (an UPDATE's is for readers of the
 *     topic, and null when the reader was told to skip it)
 * @param after the row as it is now; null for DELETE
 */
public record Change(
    Operation operation,
    Evidence evidence,
    @Nullable DepartureCause cause,
    @Nullable RowImage before,
    @Nullable RowImage after) {

  public Change {
    Objects.requireNonNull(operation, "operation");
    Objects.requireNonNull(evidence, "evidence");
    boolean departure = operation == Operation.DELETE;
    if (departure != (cause != null) || departure != (after == null)) {
      throw new IllegalArgumentException(
          operation + (departure ? " needs a cause and no after-image" : " needs an after-image"));
    }
    if (departure && before == null) {
      throw new IllegalArgumentException("a departure needs the row's full last image");
    }
  }

  /** Whether the row left hot with this change. */
  public boolean departure() {
    return operation == Operation.DELETE;
  }
}
