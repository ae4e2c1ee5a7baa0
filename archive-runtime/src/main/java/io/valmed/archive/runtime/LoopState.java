package io.valmed.archive.runtime;

import org.jspecify.annotations.Nullable;

/** How a service's work goes. */
public sealed interface LoopState {

  /** Opening for the first time. */
  record Starting() implements LoopState {}

  /** Taking steps. */
  record Running() implements LoopState {}

  /**
   * Waiting to try again after a failure that passes by itself.
   *
   * @param cause the failure
   * @param attempt how many attempts in a row have failed
   */
  record Waiting(Throwable cause, int attempt) implements LoopState {}

  /**
   * Ended: a person must act.
   *
   * @param cause the failure
   */
  record Failed(Throwable cause) implements LoopState {}

  /** Ended: all work was done. */
  record Done() implements LoopState {}

  /** Ended: it was told to stop. */
  record Stopped() implements LoopState {}

  /** Whether the loop has ended for good. */
  default boolean ended() {
    return this instanceof Failed || this instanceof Done || this instanceof Stopped;
  }

  /** Whether the service does its work now. */
  default boolean ready() {
    return this instanceof Running || this instanceof Done;
  }

  /** The failure behind this state, if one is. */
  default @Nullable Throwable failure() {
    if (this instanceof Waiting waiting) {
      return waiting.cause();
    }
    return this instanceof Failed failed ? failed.cause() : null;
  }

  /** One line for a log or a health answer. */
  default String describe() {
    if (this instanceof Waiting waiting) {
      return "waits to try again: " + Failures.sentence(waiting.cause());
    }
    if (this instanceof Failed failed) {
      return Failures.sentence(failed.cause());
    }
    return "is " + getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }
}
