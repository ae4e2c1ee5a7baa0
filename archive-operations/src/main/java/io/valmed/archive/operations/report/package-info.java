/**
 * What the purge may take, and where it stands: {@link
 * io.valmed.archive.operations.report.PurgeReport}.
 */
@NullMarked
package io.valmed.archive.operations.report;

import org.jspecify.annotations.NullMarked;
