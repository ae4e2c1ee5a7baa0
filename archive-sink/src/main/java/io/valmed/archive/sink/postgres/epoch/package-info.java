/** Epochs in the archive: announced, counted, reconciled. */
@NullMarked
package io.valmed.archive.sink.postgres.epoch;

import org.jspecify.annotations.NullMarked;
