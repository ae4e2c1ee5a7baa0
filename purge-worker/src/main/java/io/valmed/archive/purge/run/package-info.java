/**
 * Over all root tables, again and again.
 *
 * <p>{@link io.valmed.archive.purge.run.PurgeWork} passes its checks (witnesses, clocks,
 * durability) and begins a {@link io.valmed.archive.purge.run.PurgeRun}, which asks the lanes for
 * page after page of one root table's cold rows, then of the next; {@link
 * io.valmed.archive.purge.run.PurgeSigns} tells the health probe that it goes on.
 */
@NullMarked
package io.valmed.archive.purge.run;

import org.jspecify.annotations.NullMarked;
