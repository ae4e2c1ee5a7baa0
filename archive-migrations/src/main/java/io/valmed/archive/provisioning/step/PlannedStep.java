package io.valmed.archive.provisioning.step;

import org.jspecify.annotations.Nullable;

/**
 * A step of provisioning as people see it, planned or taken.
 *
 * @param kind role, password, grant, replica-identity, publication, published, index, origin, slot
 * @param name what it is about
 * @param sql its statement, passwords hidden
 * @param note what an operator should know of how it went; null: nothing
 */
public record PlannedStep(String kind, String name, String sql, @Nullable String note) {

  /** The statement, and the note as a comment. */
  @Override
  public String toString() {
    return sql + ";" + (note == null ? "" : "  -- " + note);
  }
}
