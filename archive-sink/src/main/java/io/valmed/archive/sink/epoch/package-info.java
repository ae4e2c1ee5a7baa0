/** Epochs: where one begins, and what of an older one is no longer in hot. */
@NullMarked
package io.valmed.archive.sink.epoch;

import org.jspecify.annotations.NullMarked;
