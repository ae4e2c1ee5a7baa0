package io.valmed.archive.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * Asks a service on this machine whether it is ready, and ends with 0 if it is: a container's
 * health check that needs neither a shell nor curl. Uses few classes, so that it starts quickly.
 */
public final class HealthProbe {
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private HealthProbe() {}

  /**
   * @param arguments ports of which one is the service's {@link HealthEndpoint}: the image is one
   *     for all roles, and one role runs in a container
   */
  public static void main(String[] arguments) {
    if (arguments.length == 0
        || !Arrays.stream(arguments).allMatch(port -> port.matches("[0-9]{1,5}"))) {
      System.err.println("usage: HealthProbe PORT...");
      System.exit(2);
    }
    System.exit(anyReady(arguments) ? 0 : 1);
  }

  public static boolean anyReady(String... ports) {
    return Arrays.stream(ports).anyMatch(port -> ready(Integer.parseInt(port)));
  }

  public static boolean ready(int port) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      InetAddress here = InetAddress.getLoopbackAddress();
      socket.connect(new InetSocketAddress(here, port), (int) PATIENCE.toMillis());
      String request = "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      BufferedReader answer =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String status = answer.readLine();
      return status != null && status.startsWith("HTTP/1.1 200");
    } catch (IOException e) {
      return false;
    }
  }
}
