/** What is compared before capture reads anything: Kafka's memory with hot. */
@NullMarked
package io.valmed.archive.capture.start;

import org.jspecify.annotations.NullMarked;
