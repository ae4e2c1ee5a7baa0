package io.valmed.archive.capture.phase;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what is no longer needed. */
public final class Closing {
  private static final Logger log = LoggerFactory.getLogger(Closing.class);

  private Closing() {}

  /** Closes; a failure is of no consequence and only told at debug level. */
  public static void quietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      log.debug("closing {} failed", resource, e);
    }
  }
}
