/**
 * What is looked at beside the pages.
 *
 * <p>{@link io.valmed.archive.purge.maintain.JournalRecovery} settles, at each start, the pages
 * that a crash has left without an outcome; {@link io.valmed.archive.purge.maintain.WitnessWatch}
 * holds tables whose purged rows do not come to the cold store in time (ADR 121); {@link
 * io.valmed.archive.purge.maintain.ClockWatch} holds all purging while the databases' {@link
 * io.valmed.archive.purge.maintain.Clocks} disagree (ADR 118).
 */
@NullMarked
package io.valmed.archive.purge.maintain;

import org.jspecify.annotations.NullMarked;
