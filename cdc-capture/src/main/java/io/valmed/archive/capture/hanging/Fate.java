package io.valmed.archive.capture.hanging;

/** What becomes of a transaction that hangs. */
enum Fate {
  /** Capture's offset counts what it holds, and nobody sends it again. */
  COUNTED,
  /** Capture sends again what it holds, or has done so. */
  NOT_COUNTED,
  /** Neither can be proven. */
  UNKNOWN
}
