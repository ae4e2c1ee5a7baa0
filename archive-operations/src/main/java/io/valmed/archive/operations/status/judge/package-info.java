/**
 * Judges a window of measurements: pure functions, which know no clock and no server. Each hop has
 * its judge; {@link io.valmed.archive.operations.status.judge.Judgement} makes one sentence of what
 * they find.
 */
@NullMarked
package io.valmed.archive.operations.status.judge;

import org.jspecify.annotations.NullMarked;
