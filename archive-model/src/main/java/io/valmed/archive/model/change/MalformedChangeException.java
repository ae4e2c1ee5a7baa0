package io.valmed.archive.model.change;

import java.io.IOException;

/** A record on a topic is not what its format says. The message never holds a column's value. */
public final class MalformedChangeException extends IOException {
  private static final long serialVersionUID = 1L;

  public MalformedChangeException(String message) {
    super(message);
  }
}
