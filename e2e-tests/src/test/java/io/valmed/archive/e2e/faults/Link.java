package io.valmed.archive.e2e.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy before one server, with the deeds of a bad network. A black hole loses nothing by
 * itself: what was sent arrives when it is healed, as TCP sends again.
 */
final class Link implements AutoCloseable {
  private static final int CHUNK = 64 * 1024;

  /** How the network is. */
  private enum Mood {
    OPEN,
    SLOW,
    BLACK_HOLE,
    DEAF,
    CUT
  }

  private final ServerSocket door;
  private final Object change = new Object();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile @Nullable InetSocketAddress target;
  private volatile Mood mood = Mood.OPEN;
  private volatile long delayMillis;

  private Link(ServerSocket door) {
    this.door = door;
  }

  /** Listens; {@link #leadTo} says where to. */
  static Link open() {
    try {
      Link link = new Link(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()));
      daemon("link", link::accept);
      return link;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return door.getLocalPort();
  }

  void leadTo(InetSocketAddress server) {
    target = server;
  }

  /** Resets every connection, and every new one, until healed. */
  void cut() {
    enter(Mood.CUT);
    reset();
  }

  /** Every piece of every connection comes that much later. */
  void delay(long millis) {
    delayMillis = millis;
    enter(Mood.SLOW);
  }

  /** Nothing arrives in either direction, no connection ends. */
  void blackHole() {
    enter(Mood.BLACK_HOLE);
  }

  /** Questions arrive, answers do not; when healed, the connections are reset instead. */
  void loseAnswers() {
    enter(Mood.DEAF);
  }

  void heal() {
    if (mood == Mood.DEAF) {
      reset();
    }
    enter(Mood.OPEN);
  }

  private void enter(Mood next) {
    synchronized (change) {
      mood = next;
      change.notifyAll();
    }
  }

  private void reset() {
    sockets.forEach(Link::reset);
  }

  private static void reset(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // It was closed already.
    }
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        if (mood == Mood.CUT) {
          reset(client);
        } else {
          daemon("link-client", () -> connect(client));
        }
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void connect(Socket client) {
    sockets.add(client);
    try {
      pass(false);
      InetSocketAddress server = Objects.requireNonNull(target, "leads nowhere yet");
      connect(client, new Socket(server.getHostString(), server.getPort()));
    } catch (IOException e) {
      // The server is not there: the client is told so.
      reset(client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(client);
    }
  }

  private void connect(Socket client, Socket server) {
    sockets.add(server);
    try {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      if (mood == Mood.CUT) {
        reset(client);
        reset(server);
      }
      daemon("link-answers", () -> pump(server, client, true));
      pump(client, server, false);
    } catch (IOException e) {
      // The client was reset meanwhile: the server is told so.
      reset(client);
      reset(server);
      sockets.remove(server);
    }
  }

  private void pump(Socket from, Socket to, boolean answers) {
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        pass(answers);
        out.write(chunk, 0, n);
      }
    } catch (IOException e) {
      // One side is gone; the other is told below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(from, to, answers);
    }
  }

  /** Not even the end of a connection goes through a black hole. */
  private void close(Socket from, Socket to, boolean answers) {
    try (from;
        to) {
      pass(answers);
    } catch (IOException e) {
      // Closed already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private void pass(boolean answers) throws InterruptedException {
    synchronized (change) {
      while (mood == Mood.BLACK_HOLE || (mood == Mood.DEAF && answers)) {
        change.wait();
      }
    }
    if (mood == Mood.SLOW) {
      Thread.sleep(delayMillis);
    }
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
    heal();
    reset();
  }
}
