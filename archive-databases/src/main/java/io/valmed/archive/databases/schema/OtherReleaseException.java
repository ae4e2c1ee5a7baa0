package io.valmed.archive.databases.schema;

import io.valmed.archive.runtime.StopException;

/**
 * The database does not have this release's migrations: not even a hold is written there, for it
 * may be somebody else's, and nobody here knows what its tables promise.
 */
public final class OtherReleaseException extends StopException {
  private static final long serialVersionUID = 1L;

  OtherReleaseException(String message) {
    super(message);
  }

  OtherReleaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
