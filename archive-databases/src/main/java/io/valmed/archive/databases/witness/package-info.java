/**
 * The purge's journal beside the cold store: each purged row has its departure, each departure of a
 * purge its page (ADR 0121).
 *
 * <p>{@link io.valmed.archive.databases.witness.WitnessCheck} compares all of both; {@link
 * io.valmed.archive.databases.witness.AwaitedPages} and {@link
 * io.valmed.archive.databases.witness.MissingRows} only what is not witnessed yet. {@link
 * io.valmed.archive.databases.witness.OverduePages} are held by {@link
 * io.valmed.archive.databases.witness.WitnessHold}. {@link
 * io.valmed.archive.databases.witness.JournalFill} makes pages again that an archive put back from
 * a backup lacks.
 */
@NullMarked
package io.valmed.archive.databases.witness;

import org.jspecify.annotations.NullMarked;
