package io.valmed.archive.stack;

/** Somebody else listens on a server's port; a port nobody asked for is replaced by another. */
final class PortTakenException extends StackException {

  private final int port;

  PortTakenException(int port, String server) {
    super(
        "Port "
            + port
            + " for "
            + server
            + " is in use; stop what listens there, or let a free port be chosen.");
    this.port = port;
  }

  int port() {
    return port;
  }
}
