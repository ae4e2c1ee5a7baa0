/**
 * Makes what the cold store lacks of purged rows ({@code purge repair}).
 *
 * <p>{@link io.valmed.archive.operations.repair.JournalRepair} takes the journal's rows without a
 * departure, has {@link io.valmed.archive.operations.repair.MirrorImages} move their images from
 * the mirror to the cold store, and reports what it could not in a {@link
 * io.valmed.archive.operations.repair.RepairResult}.
 */
@NullMarked
package io.valmed.archive.operations.repair;

import org.jspecify.annotations.NullMarked;
