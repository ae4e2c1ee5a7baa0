/**
 * What both databases show of the row's way from outside, for whoever shows it to people: read with
 * few small statements ({@link io.valmed.archive.databases.seen.HotNow}, {@link
 * io.valmed.archive.databases.seen.ArchiveNow}), or seldom because it costs more ({@link
 * io.valmed.archive.databases.seen.TableSizes}, {@link
 * io.valmed.archive.databases.seen.EligibleRows}).
 */
@NullMarked
package io.valmed.archive.databases.seen;

import org.jspecify.annotations.NullMarked;
