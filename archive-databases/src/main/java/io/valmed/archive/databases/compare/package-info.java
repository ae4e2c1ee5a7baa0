/**
 * A table of hot beside its mirror, row by row, while others write.
 *
 * <p>A {@link io.valmed.archive.databases.compare.TablePair} is both sides' shape. {@link
 * io.valmed.archive.databases.compare.TablePages} reads a page of one side and asks the other by
 * key; what is unequal is a {@link io.valmed.archive.databases.compare.Suspect}, which {@link
 * io.valmed.archive.databases.compare.SecondLook} looks at again once the archive has caught up.
 * {@link io.valmed.archive.databases.compare.TableWalk} does this from a place that is kept. {@link
 * io.valmed.archive.databases.compare.VerificationOutcome} keeps the result, and {@link
 * io.valmed.archive.databases.compare.VerificationHold} holds the purge of what differs. Both the
 * comparison that runs by itself (purge-worker) and the one that a person asks for
 * (archive-operations) stand on this (ADR 0142).
 */
@NullMarked
package io.valmed.archive.databases.compare;

import org.jspecify.annotations.NullMarked;
