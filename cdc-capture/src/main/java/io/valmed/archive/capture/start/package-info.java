/**
 * What capture makes sure of before it reads: that Kafka's memory fits hot, that a snapshot sees
 * its tables whole, and that the topics still have what was written to them.
 */
@NullMarked
package io.valmed.archive.capture.start;

import org.jspecify.annotations.NullMarked;
