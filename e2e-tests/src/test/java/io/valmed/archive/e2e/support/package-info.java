/**
 * What the promises are tested with.
 *
 * <p>An {@link io.valmed.archive.e2e.support.Installation} is a hot database, an archive and a
 * topic prefix of its own on the shared servers. A {@link io.valmed.archive.e2e.support.World}
 * names its tables. {@link io.valmed.archive.e2e.support.Traffic} writes to hot in many sessions
 * and keeps a {@link io.valmed.archive.e2e.support.Ledger} of what was committed, outside the
 * databases. {@link io.valmed.archive.e2e.support.Oracle} compares hot, topics and archive with it.
 */
@NullMarked
package io.valmed.archive.e2e.support;

import org.jspecify.annotations.NullMarked;
