package io.valmed.archive.operations.status;

import java.util.List;

/** How a hop does, from the best to the worst; a hop that is idle is {@link #OK}. */
public enum HopState {
  OK("ok"),
  /** Behind, and getting nearer. */
  CATCHING_UP("catching up"),
  /** Not known: what would tell could not be asked. It is not ok. */
  UNKNOWN("unknown"),
  /** Behind, and getting further behind. */
  FALLING_BEHIND("falling behind"),
  /** There is work and none of it is done. */
  STALLED("stalled"),
  /** Nobody is there to do the work. */
  DOWN("down");

  private final String label;

  HopState(String label) {
    this.label = label;
  }

  /** As JSON, metrics and the page name it. */
  public String label() {
    return label;
  }

  /** As metrics and the history number it: 0 (ok) to 5 (down). */
  public int number() {
    return List.of(values()).indexOf(this);
  }
}
