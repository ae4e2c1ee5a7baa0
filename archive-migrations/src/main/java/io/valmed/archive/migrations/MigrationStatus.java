package io.valmed.archive.migrations;

import org.jspecify.annotations.Nullable;

/**
 * Where one migration stands.
 *
 * @param id its number
 * @param description what it is about
 * @param appliedAt when it was applied, in UTC ({@code 2026-11-02T10:15:30Z}); null: pending
 */
public record MigrationStatus(long id, String description, @Nullable String appliedAt) {

  /** Whether the database has it. */
  public boolean applied() {
    return appliedAt != null;
  }
}
