/**
 * What capture does one after the other: what the slot still has from before an epoch ({@link
 * io.valmed.archive.capture.phase.RestPhase}), its snapshot ({@link
 * io.valmed.archive.capture.phase.CopyPhase}), its stream ({@link
 * io.valmed.archive.capture.phase.StreamPhase}). Each step names the phase of the next one.
 */
@NullMarked
package io.valmed.archive.capture.phase;

import org.jspecify.annotations.NullMarked;
