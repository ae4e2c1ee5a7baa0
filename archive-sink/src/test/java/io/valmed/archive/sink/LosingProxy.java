package io.valmed.archive.sink;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;

/** A TCP way to a server that can lose the server's next answer and the connection with it. */
final class LosingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final int server;
  private final AtomicBoolean losing = new AtomicBoolean();

  LosingProxy(int server) throws IOException {
    this.server = server;
    this.listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** What the server says next is not passed on, and its connection is cut. */
  void loseNextAnswer() {
    losing.set(true);
  }

  /** Whether the answer that was to be lost has been. */
  boolean hasLost() {
    return !losing.get();
  }

  private void accept() throws IOException {
    while (!listener.isClosed()) {
      Socket client = listener.accept();
      Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
      start(() -> pass(client, behind, false));
      start(() -> pass(behind, client, true));
    }
  }

  private void pass(Socket from, Socket to, boolean answers) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[64 * 1024];
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        if (answers && losing.compareAndSet(true, false)) {
          return;
        }
        out.write(bytes, 0, n);
        out.flush();
      }
    }
  }

  /** What a thread of the proxy does. */
  @FunctionalInterface
  private interface Deed {
    void run() throws IOException;
  }

  private static void start(Deed deed) {
    Thread thread =
        new Thread(
            () -> {
              try {
                deed.run();
              } catch (IOException e) {
                // One of both ends has gone: so does the other, by closing.
              }
            },
            "losing-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
