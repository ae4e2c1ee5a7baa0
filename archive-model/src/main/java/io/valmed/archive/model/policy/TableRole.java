package io.valmed.archive.model.policy;

/** What the policy says of a table. */
public enum TableRole {
  /** Head of an aggregate; purged when settled, cold and proven. */
  ROOT,
  /** Part of an aggregate; purged with its root. */
  CHILD,
  /** Archived, never purged. */
  REFERENCE;

  /** Whether rows of such a table may leave hot by our purge. */
  public boolean purgeable() {
    return this != REFERENCE;
  }
}
