package io.valmed.archive.e2e.servers;

import io.valmed.archive.stack.process.FreePorts;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import org.testcontainers.DockerClientFactory;

/**
 * Where containers are reached from here. Docker would choose another port at each start of a
 * container; these stay.
 */
final class EnginePorts {
  private static final FreePorts FREE = new FreePorts(new SecureRandom());

  /** Not localhost where this machine is itself a container, or the engine is elsewhere. */
  private final String host = DockerClientFactory.instance().dockerHostIpAddress();

  InetSocketAddress next() {
    return InetSocketAddress.createUnresolved(host, FREE.next());
  }

  /** How the engine is told to publish the container's port there. */
  static String published(InetSocketAddress address, int port) {
    String binding = address.getPort() + ":" + port;
    return address.getHostString().equals("localhost") ? "127.0.0.1:" + binding : binding;
  }
}
