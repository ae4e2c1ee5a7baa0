/**
 * Takes out of hot what the archive is proven to have.
 *
 * <p>A {@link io.valmed.archive.purge.PurgeRun} walks the cold roots of every root table, page by
 * page. A {@link io.valmed.archive.purge.PurgeLane} takes a page through one hot transaction: it
 * locks the roots with all their rows ({@link io.valmed.archive.purge.HotPage}), has the {@link
 * io.valmed.archive.purge.Proof} compare their digests with the {@link
 * io.valmed.archive.purge.Mirror}'s, writes the intent to the {@link
 * io.valmed.archive.purge.Journal}, asks the {@link io.valmed.archive.purge.HoldSwitch} once more,
 * deletes, commits, and writes the outcome. Two lanes take turns ({@link
 * io.valmed.archive.purge.PurgeLanes}): one proves while the other deletes. What stays, stays for a
 * reason: {@link io.valmed.archive.purge.Kept}.
 */
@NullMarked
package io.valmed.archive.purge;

import org.jspecify.annotations.NullMarked;
