package io.valmed.archive.stack.process;

import io.valmed.archive.stack.StackException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * Finds ports nobody listens on.
 *
 * <p>They lie below the range from which the kernel serves outgoing connections: from inside it a
 * client's connection could take the port of a killed server before its restart, or connect to
 * itself.
 */
public final class FreePorts {

  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;

  private final Random random;
  private final Set<Integer> given = new HashSet<>();

  public FreePorts(Random random) {
    this.random = random;
  }

  /** A free port that this object has not given before. */
  public synchronized int next() {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = LOWEST + random.nextInt(HIGHEST - LOWEST);
      if (isFree(port) && given.add(port)) {
        return port;
      }
    }
    throw new StackException(
        "No free port was found between "
            + LOWEST
            + " and "
            + HIGHEST
            + " on 127.0.0.1; stop something that listens there.");
  }

  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
