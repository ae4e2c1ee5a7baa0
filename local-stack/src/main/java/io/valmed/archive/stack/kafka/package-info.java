/** One Kafka broker as a process of its own. */
@NullMarked
package io.valmed.archive.stack.kafka;

import org.jspecify.annotations.NullMarked;
