package io.valmed.archive.operations.status.judge;

import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.HopStatus;
import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Motion;
import io.valmed.archive.operations.status.Status;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes one sentence, a cause and an action of a window of measurements. */
public final class Judgement {
  private final Expected expected;

  public Judgement(Expected expected) {
    this.expected = expected;
  }

  /** Judges; the window has one measurement at least. */
  public Status of(Window window) {
    Measurement now = window.newest();
    Motion motion = Speeds.of(window);
    CaptureJudge capture = new CaptureJudge(window, expected);
    List<HopStatus> hops =
        List.of(
            SlotJudge.judge(window, motion),
            capture.judge(),
            KafkaJudge.judge(window),
            new SinkJudge(window, expected, motion).judge(),
            ProofJudge.judge(now, expected),
            PurgeJudge.judge(now, expected));
    HopState worst =
        hops.stream().map(HopStatus::state).max(HopState::compareTo).orElse(HopState.UNKNOWN);
    @Nullable HopStatus cause = cause(hops);
    Measurement named =
        now.capture() == null
            ? now
            : now.withCapture(now.capture().withDecoding(capture.decoding()));
    return new Status(
        worst,
        sentence(hops, cause),
        cause == null ? null : cause.hop(),
        cause == null ? null : cause.action(),
        hops,
        named,
        motion);
  }

  /**
   * What the rest follows from: a server that is away, before a service; a service before what
   * waits for it; what is known before what is not.
   */
  private static @Nullable HopStatus cause(List<HopStatus> hops) {
    List<Predicate<HopStatus>> order =
        List.of(
            one -> one.hop() == Hop.SLOT && one.state() == HopState.DOWN,
            one -> one.hop() == Hop.KAFKA && one.state() == HopState.DOWN,
            one -> one.hop() == Hop.CAPTURE && wrong(one),
            one -> one.hop() != Hop.PURGE && one.hop() != Hop.PROOF && wrong(one),
            one -> wrong(one),
            one -> one.state() == HopState.UNKNOWN,
            one -> one.state() == HopState.CATCHING_UP);
    for (Predicate<HopStatus> first : order) {
      for (HopStatus one : hops) {
        if (first.test(one)) {
          return one;
        }
      }
    }
    return null;
  }

  private static boolean wrong(HopStatus one) {
    return one.state().compareTo(HopState.UNKNOWN) > 0;
  }

  private static String sentence(List<HopStatus> hops, @Nullable HopStatus cause) {
    if (cause == null) {
      return hops.stream()
          .filter(one -> one.hop() == Hop.PROOF)
          .map(HopStatus::seconds)
          .filter(Objects::nonNull)
          .findFirst()
          .map(ago -> "All is well: everything is archived up to " + Words.seconds(ago) + " ago.")
          .orElse("All is well.");
    }
    Double left = cause.secondsToCatchUp();
    String sentence =
        "%s is %s: %s%s."
            .formatted(
                Character.toUpperCase(cause.hop().label().charAt(0))
                    + cause.hop().label().substring(1),
                cause.state().label(),
                stripped(cause.reason()),
                left == null ? "" : "; it takes about " + Words.seconds(left));
    long more = hops.stream().filter(one -> one.hop() != cause.hop() && wrong(one)).count();
    return more == 0 || !wrong(cause)
        ? sentence
        : sentence + " " + (more == 1 ? "One more hop is" : more + " more hops are") + " not well.";
  }

  private static String stripped(String reason) {
    return reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason;
  }
}
