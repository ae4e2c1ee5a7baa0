package io.valmed.archive.purge.page;

import java.util.Locale;

/** Why an aggregate that is settled and cold stays in hot. */
public enum Kept {
  /** A row is not in the mirror, and the archive has not passed the point where it was seen. */
  NOT_ARCHIVED_YET(true),
  /** A row differs from its mirror, and the archive has not passed the point where it was seen. */
  DIFFERS_FOR_NOW(true),
  /** Another session holds a row of it, or it was just changed. */
  LOCKED(true),
  /** A row differs from its mirror although the archive has caught up: a fault. */
  DIFFERS(false),
  /** A row is not in the mirror although the archive has caught up: a fault. */
  MISSING(false),
  /** A row of a table outside the aggregate refers to it. */
  REFERENCED(false),
  /** It has more rows than {@code purge.aggregate-rows}. */
  TOO_LARGE(false);

  private final boolean passes;

  Kept(boolean passes) {
    this.passes = passes;
  }

  /** Whether it passes by itself: a wait, not a refusal. */
  public boolean waits() {
    return passes;
  }

  /** The word in metrics and reports: {@code not-archived-yet}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
