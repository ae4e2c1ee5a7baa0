package io.valmed.archive.stack.process;

import io.valmed.archive.stack.StackException;

/** Somebody else listens on a server's port; a port nobody asked for is replaced by another. */
public final class PortTakenException extends StackException {

  private final int port;

  public PortTakenException(int port, String server) {
    super(
        "Port "
            + port
            + " for "
            + server
            + " is in use; stop what listens there, or let a free port be chosen.");
    this.port = port;
  }

  public int port() {
    return port;
  }
}
