package io.valmed.archive.purge.pace;

/**
 * Whether it pays to try the next page as a whole. Where something must be left out of every page,
 * the attempt is for nothing: after each that failed, twice as many pages are taken row by row
 * before the next one.
 */
public final class Haste {
  private static final int MOST = 64;

  private int pause;
  private int left;

  /** Whether to try this page as a whole; asked once a page. */
  public boolean tries() {
    if (left > 0) {
      left--;
      return false;
    }
    return true;
  }

  /** The attempt came to nothing. */
  public void failed() {
    pause = Math.min(MOST, Math.max(1, 2 * pause));
    left = pause;
  }

  /** A page was taken as a whole. */
  public void paid() {
    pause = 0;
  }
}
