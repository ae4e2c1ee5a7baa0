/**
 * Which rows of a root table are settled and cold.
 *
 * <p>{@link io.valmed.archive.databases.cold.ColdRoots} writes the policy's age and predicate as
 * SQL; a walk through the rows is at a {@link io.valmed.archive.databases.cold.ColdCursor}; {@link
 * io.valmed.archive.databases.cold.EligibleRoots} counts them.
 */
@NullMarked
package io.valmed.archive.databases.cold;

import org.jspecify.annotations.NullMarked;
