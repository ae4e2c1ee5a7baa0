package io.valmed.archive.sink.apply;

import io.valmed.archive.runtime.StopException;

/**
 * A version of a table does not fit what the archive has of it: that table waits until a person has
 * decided, all others go on. The message is one sentence on what happened and one on what to do.
 */
public final class IncompatibleTableException extends StopException {
  private static final long serialVersionUID = 1L;

  public IncompatibleTableException(String message) {
    super(message);
  }

  public IncompatibleTableException(String message, Throwable cause) {
    super(message, cause);
  }
}
