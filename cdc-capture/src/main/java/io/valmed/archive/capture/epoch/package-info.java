/**
 * Goes on in an epoch or begins one: puts phases together over Kafka, hot and the stream. Part of
 * the assembly, which is done anew after each failure.
 */
@NullMarked
package io.valmed.archive.capture.epoch;

import org.jspecify.annotations.NullMarked;
