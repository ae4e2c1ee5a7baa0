/** The way to Kafka, questions to it with an end, and what is asked of its topics. */
@NullMarked
package io.valmed.archive.runtime.kafka;

import org.jspecify.annotations.NullMarked;
