package io.valmed.archive.provisioning.step;

/** What a step is about, and how it runs. */
public enum StepKind {
  /** A login role, or an attribute of it. */
  ROLE("role", true),
  /** The password of a role that provisioning had created. */
  PASSWORD("password", true),
  GRANT("grant", true),
  REPLICA_IDENTITY("replica-identity", true),
  PUBLICATION("publication", true),
  /** A table into the publication; proven by an UPDATE before it is committed. */
  PUBLISHED("published", true),
  /** A table out of the publication. */
  UNPUBLISHED("unpublished", true),
  /** Built concurrently, which no transaction block allows: recorded first, then built. */
  INDEX("index", false),
  /** What a broken build left behind. */
  INVALID_INDEX("invalid-index", false),
  ORIGIN("origin", true),
  /** The slot that capture will make: a record alone, by which undo finds it. */
  SLOT("slot", true),
  /** That this installation purges a table: a record alone. */
  PURGEABLE("purgeable", true);

  private final String word;
  private final boolean transactional;

  StepKind(String word, boolean transactional) {
    this.word = word;
    this.transactional = transactional;
  }

  /** How {@code arc.provisioned} and the plan call it. */
  public String word() {
    return word;
  }

  /** Whether statement and record are committed together. */
  boolean transactional() {
    return transactional;
  }
}
