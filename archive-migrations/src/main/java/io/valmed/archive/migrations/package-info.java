/**
 * Brings the databases to the shape that the services expect, and back.
 *
 * <p>{@link io.valmed.archive.migrations.Migrations} is the entry. It takes the {@link
 * io.valmed.archive.migrations.MigrationLock}, opens the {@link
 * io.valmed.archive.migrations.Changelog} and refuses one that does not fit the {@link
 * io.valmed.archive.migrations.MigrationScript}s of this release; then MyBatis Migrations runs each
 * script over a {@link io.valmed.archive.migrations.HeldTransaction}, so that the script and its
 * line in the changelog are committed together or not at all.
 */
@NullMarked
package io.valmed.archive.migrations;

import org.jspecify.annotations.NullMarked;
