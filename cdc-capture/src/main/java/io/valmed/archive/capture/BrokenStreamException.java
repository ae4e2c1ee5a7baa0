package io.valmed.archive.capture;

import io.valmed.archive.runtime.StopException;

/** The stream from hot is not whole: a person must act. */
final class BrokenStreamException extends StopException {
  private static final long serialVersionUID = 1;

  BrokenStreamException(String message) {
    super(message);
  }
}
