package io.valmed.archive.purge;

import java.util.List;

/**
 * A page whose proof is done: locked in hot, its intent in the journal.
 *
 * @param page the hot transaction; closed already when nothing is to be deleted
 * @param locked what was found
 * @param rows the proven rows; empty: nothing is to be deleted
 * @param intent the journal page
 * @param nanos how long it took
 */
record ProvenPage(
    HotPage page, HotPage.Locked locked, List<PageRows> rows, long intent, long nanos) {}
