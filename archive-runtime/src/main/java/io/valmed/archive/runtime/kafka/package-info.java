/** What is asked of Kafka's topics: {@link io.valmed.archive.runtime.kafka.TopicDurability}. */
@NullMarked
package io.valmed.archive.runtime.kafka;

import org.jspecify.annotations.NullMarked;
