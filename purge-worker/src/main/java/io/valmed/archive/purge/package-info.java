/**
 * Takes out of hot what the archive is proven to have.
 *
 * <p>A {@link io.valmed.archive.purge.PurgeRun} walks the cold roots of every root table, page by
 * page. A {@link io.valmed.archive.purge.PurgeLane} takes a page through one hot transaction: it
 * locks the roots with all their rows ({@link io.valmed.archive.purge.HotPage}), has their digests
 * compared with the mirror's and the intent written to the {@link io.valmed.archive.purge.Journal},
 * asks the {@link io.valmed.archive.purge.HoldSwitch} once more, deletes, commits, and writes the
 * outcome. Four lanes take turns ({@link io.valmed.archive.purge.PurgeLanes}): one locks, two
 * proves, one deletes.
 *
 * <p>A page is first tried as a whole ({@link io.valmed.archive.purge.WholePage}, {@link
 * io.valmed.archive.purge.WholeProof}). If anything about it is not plain, or not equal, it is
 * taken row by row ({@link io.valmed.archive.purge.LockedPage}, {@link
 * io.valmed.archive.purge.Proof} beside the {@link io.valmed.archive.purge.Mirror}), which tells
 * what stays and why: {@link io.valmed.archive.purge.Kept}.
 */
@NullMarked
package io.valmed.archive.purge;

import org.jspecify.annotations.NullMarked;
