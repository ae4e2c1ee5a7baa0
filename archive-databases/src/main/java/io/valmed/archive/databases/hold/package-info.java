/**
 * Holds on the purge: rows of {@code arc.purge_hold}, in both databases.
 *
 * <p>{@link io.valmed.archive.databases.hold.PurgeHolds} is for people, who hold in both databases
 * and release what they have been shown; {@link io.valmed.archive.databases.hold.HoldTable} is one
 * database's table, for services that hold and release by themselves and for whoever asks what is
 * held.
 */
@NullMarked
package io.valmed.archive.databases.hold;

import org.jspecify.annotations.NullMarked;
