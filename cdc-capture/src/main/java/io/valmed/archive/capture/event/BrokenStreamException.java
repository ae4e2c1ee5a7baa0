package io.valmed.archive.capture.event;

import io.valmed.archive.runtime.StopException;

/** The stream from hot is not whole: a person must act. */
public final class BrokenStreamException extends StopException {
  private static final long serialVersionUID = 1;

  public BrokenStreamException(String message) {
    super(message);
  }
}
