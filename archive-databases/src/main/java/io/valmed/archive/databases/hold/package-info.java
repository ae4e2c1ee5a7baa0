/** Holds on the purge, in both databases: {@link io.valmed.archive.databases.hold.PurgeHolds}. */
@NullMarked
package io.valmed.archive.databases.hold;

import org.jspecify.annotations.NullMarked;
