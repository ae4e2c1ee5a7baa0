package io.valmed.archive.purge;

/**
 * Whether it pays to try the next page as a whole. Where something must be left out of every page,
 * the attempt is for nothing: after each that failed, twice as many pages are taken row by row
 * before the next one.
 */
final class Haste {
  private static final int MOST = 64;

  private int pause;
  private int left;

  /** Whether to try this page as a whole; asked once a page. */
  boolean tries() {
    if (left > 0) {
      left--;
      return false;
    }
    return true;
  }

  /** The attempt came to nothing. */
  void failed() {
    pause = Math.min(MOST, Math.max(1, 2 * pause));
    left = pause;
  }

  /** A page was taken as a whole. */
  void paid() {
    pause = 0;
  }
}
