/**
 * Takes out of hot what the archive is proven to have.
 *
 * <p>{@link io.valmed.archive.purge.PurgeService} is the assembly: it opens both databases and
 * hands them to the walk, which is divided as a page goes. {@code run} goes over the policy's root
 * tables again and again and walks each one's cold roots; {@code lane} takes one page through one
 * hot transaction, four pages at a time; {@code page} is what a page is at each point of its way,
 * and what the way needs of the databases (ports); {@code postgres} is the SQL behind those ports.
 * Beside the way: {@code pace} (how large, how fast, how patient), {@code maintain} (clocks,
 * witnesses, pages left open by a crash), {@code count} (counts, metrics, questions about the
 * servers) and {@code verify} (the comparison that runs by itself).
 */
@NullMarked
package io.valmed.archive.purge;

import org.jspecify.annotations.NullMarked;
