package io.valmed.archive.stack;

/** The stack cannot do what was asked. The message is one sentence an operator can act on. */
public class StackException extends RuntimeException {

  public StackException(String message) {
    super(message);
  }

  public StackException(String message, Throwable cause) {
    super(message, cause);
  }
}
