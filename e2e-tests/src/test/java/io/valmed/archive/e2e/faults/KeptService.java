package io.valmed.archive.e2e.faults;

import io.valmed.archive.e2e.support.Archive;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * A service as a container platform keeps it: whenever it ends, it is started again. That one ended
 * otherwise than by SIGKILL is noted, for nothing that passes by itself may end a service.
 */
final class KeptService {
  private static final int KILLED = 137;
  private static final int LAST_LINES = 60;

  private final String name;
  private final Supplier<Archive> start;
  private final List<String> ownEnds = new CopyOnWriteArrayList<>();
  private final Thread keeper;
  private volatile Archive current;
  private volatile boolean wanted = true;

  KeptService(String name, Supplier<Archive> start) {
    this.name = name;
    this.start = start;
    this.current = start.get();
    this.keeper = new Thread(this::keep, "keep-" + name);
    this.keeper.setDaemon(true);
    this.keeper.start();
  }

  private void keep() {
    try {
      while (true) {
        int code = current.awaitEnd();
        synchronized (this) {
          if (!wanted) {
            return;
          }
          if (code != KILLED) {
            ownEnds.add(name + " ended by itself with exit code " + code + ":\n" + lastLines());
          }
          current = start.get();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** SIGKILL; the next one starts at once. */
  void kill() {
    current.kill();
  }

  long pid() {
    return current.pid();
  }

  /** How often, and with which last words, it ended without being killed. */
  List<String> ownEnds() {
    return ownEnds;
  }

  String lastLines() {
    List<String> lines = current.output().lines().toList();
    return "== "
        + name
        + "\n"
        + String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()))
        + "\n";
  }

  /** SIGTERM, and no restart; returns the exit code. */
  int stop() throws InterruptedException {
    synchronized (this) {
      wanted = false;
    }
    int code = current.stop();
    keeper.join();
    return code;
  }

  /** SIGKILL, and no restart. */
  void end() {
    synchronized (this) {
      wanted = false;
    }
    current.close();
  }
}
