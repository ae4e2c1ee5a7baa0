package io.valmed.archive.runtime;

/**
 * The work cannot go on until a person has done something. The message is one sentence on what
 * happened and one on what to do, and never holds a column's value.
 */
public class StopException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StopException(String message) {
    super(message);
  }

  public StopException(String message, Throwable cause) {
    super(message, cause);
  }
}
