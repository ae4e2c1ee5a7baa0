/**
 * A page at each point of its way, and what the way needs of the databases.
 *
 * <p>A {@link io.valmed.archive.purge.page.PageRequest} says which roots are to be looked at.
 * {@link io.valmed.archive.purge.page.HotPages} opens a {@link
 * io.valmed.archive.purge.page.HotPage}, a transaction in hot, which locks ({@link
 * io.valmed.archive.purge.page.LockedRoots}; all together: {@link
 * io.valmed.archive.purge.page.WholePage} of {@link io.valmed.archive.purge.page.WholeRows}; row by
 * row: {@link io.valmed.archive.purge.page.LockedPage} of {@link
 * io.valmed.archive.purge.page.LockedRow}s) and deletes {@link
 * io.valmed.archive.purge.page.ProvenRows}. {@link io.valmed.archive.purge.page.WholeProof} and
 * {@link io.valmed.archive.purge.page.Mirror} answer for the archive, {@link
 * io.valmed.archive.purge.page.Journal} keeps intent and outcome, {@link
 * io.valmed.archive.purge.page.HoldSwitch} says whether anyone holds the purge. {@link
 * io.valmed.archive.purge.page.Kept} is why something stays.
 */
@NullMarked
package io.valmed.archive.purge.page;

import org.jspecify.annotations.NullMarked;
