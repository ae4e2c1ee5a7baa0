package io.valmed.archive.provisioning.identity;

import org.jspecify.annotations.Nullable;

/**
 * Whether a person takes another database over as the installation's own.
 *
 * @param reason why; null: nobody does, and another database is refused
 */
public record Adoption(@Nullable String reason) {
  /** Another database is refused. */
  public static final Adoption NONE = new Adoption(null);

  public Adoption {
    if (reason != null && reason.isBlank()) {
      throw new IllegalArgumentException("an adoption needs a reason");
    }
  }

  boolean wanted() {
    return reason != null;
  }

  String why() {
    return reason == null ? "" : reason;
  }
}
