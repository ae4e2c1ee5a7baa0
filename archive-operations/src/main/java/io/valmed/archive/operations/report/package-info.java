/**
 * Where the purge stands: {@link io.valmed.archive.operations.report.PurgeStatus}, with what of
 * each root table may leave ({@link io.valmed.archive.operations.report.PurgeReport}).
 */
@NullMarked
package io.valmed.archive.operations.report;

import org.jspecify.annotations.NullMarked;
