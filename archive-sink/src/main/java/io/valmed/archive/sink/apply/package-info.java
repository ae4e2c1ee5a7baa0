/**
 * Batches of changes, folded and applied in one transaction of the archive with their positions.
 */
@NullMarked
package io.valmed.archive.sink.apply;

import org.jspecify.annotations.NullMarked;
