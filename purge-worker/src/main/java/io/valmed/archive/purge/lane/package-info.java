/**
 * One page, from its locks to its outcome.
 *
 * <p>A {@link io.valmed.archive.purge.lane.PurgeLane} has the roots and all their rows locked, has
 * their digests compared with the mirror's, has the intent written to the journal, bars holds,
 * deletes, commits, and writes the outcome; {@link io.valmed.archive.purge.lane.Stage} names the
 * points between which it may crash. Four lanes take turns ({@link
 * io.valmed.archive.purge.lane.PurgeLanes}): one locks, two prove, one deletes. A page is a {@link
 * io.valmed.archive.purge.lane.TakenPage}, then a {@link io.valmed.archive.purge.lane.ProvenPage},
 * then a {@link io.valmed.archive.purge.lane.PageResult}.
 *
 * <p>A page is first tried as a whole. If anything about it is not plain, or not equal, it is taken
 * row by row ({@link io.valmed.archive.purge.lane.Proof}, {@link
 * io.valmed.archive.purge.lane.Suspects}, {@link io.valmed.archive.purge.lane.KnownReferenced}),
 * which tells what stays and why.
 */
@NullMarked
package io.valmed.archive.purge.lane;

import org.jspecify.annotations.NullMarked;
