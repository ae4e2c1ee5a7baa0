package io.valmed.archive.databases.identity;

import io.valmed.archive.runtime.StopException;

/**
 * The hot database is not this installation's: not even a hold is written there, for it would be in
 * somebody else's.
 */
public final class OtherInstallationException extends StopException {
  private static final long serialVersionUID = 1L;

  OtherInstallationException(String message) {
    super(message);
  }
}
