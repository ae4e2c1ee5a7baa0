package io.valmed.archive.purge.lane;

import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.page.HotPage;
import io.valmed.archive.purge.page.LockedRoots;

/**
 * A page that is locked in hot and not proven yet.
 *
 * @param root the root table
 * @param page the hot transaction
 * @param locked what was found
 * @param since {@link System#nanoTime} when it began
 */
record TakenPage(TableId root, HotPage page, LockedRoots locked, long since) {}
