package io.valmed.archive.e2e.servers;

import java.net.InetSocketAddress;

/** A Kafka broker that is its own controller. */
public interface Broker extends Server {

  InetSocketAddress address();

  /**
   * Where a further listener is reached.
   *
   * @param listener name of a {@link io.valmed.archive.stack.kafka.KafkaListener} that was asked
   *     for
   */
  InetSocketAddress address(String listener);
}
