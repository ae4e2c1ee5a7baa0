package io.valmed.archive.operations.status.judge;

import io.valmed.archive.operations.status.Hop;
import io.valmed.archive.operations.status.HopState;
import io.valmed.archive.operations.status.HopStatus;
import io.valmed.archive.operations.status.Measurement;
import io.valmed.archive.operations.status.Measurement.OpenSeen;
import io.valmed.archive.operations.status.Measurement.PartitionSeen;
import io.valmed.archive.operations.status.Measurement.SinkSeen;
import io.valmed.archive.operations.status.Motion;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** From Kafka into the archive. */
final class SinkJudge {
  private static final String START = "./archive sink";
  private static final double STANDS = 6;

  /** A large batch is one transaction, and a sink that hangs within one looks the same. */
  private static final double STANDS_WRITING = 20;

  private static final double WAITS = 60;
  private static final double RECENT = 30;

  /** A lag that grows by so little of what is written is one that stays. */
  static final double KEEPS = 0.03;

  private final Window window;
  private final Expected expected;
  private final Measurement now;
  private final boolean known;
  private final long behind;
  private final @Nullable Double seconds;

  SinkJudge(Window window, Expected expected, Motion motion) {
    this.window = window;
    this.expected = expected;
    this.now = window.newest();
    this.known = known(now) != null;
    this.behind = behind(now);
    this.seconds =
        known
            ? motion.partitions().stream()
                .map(Motion.PartitionMotion::seconds)
                .filter(lag -> lag != null)
                .max(Double::compare)
                .orElse(0.0)
            : null;
  }

  HopStatus judge() {
    return verdict().on(Hop.SINK, seconds, known ? Long.valueOf(behind) : null, null);
  }

  private Verdict verdict() {
    SinkSeen sink = now.sink();
    if (sink == null) {
      return SlotJudge.away(now, "archive");
    }
    if (sink.connected() == 0) {
      return Verdict.of(HopState.DOWN, "no sink is connected to the archive", START);
    }
    if (!known) {
      return now.partitions().isEmpty() && !KafkaJudge.away(now)
          ? Verdict.ok("is connected; there are no topics yet")
          : Verdict.of(HopState.UNKNOWN, "Kafka, which would show it, cannot be asked", null);
    }
    return flow(sink).or(quarantined()).or(unreconciled());
  }

  private Verdict flow(SinkSeen sink) {
    PartitionSeen cut = cut();
    if (cut != null) {
      return Verdict.of(
          HopState.STALLED,
          "Kafka has lost records of %s: it ends at %d, and the archive had more of it"
              .formatted(KafkaJudge.name(cut), cut.end()),
          "restart './archive capture', which compares them and says what to do");
    }
    String words =
        "%s records, %s behind"
            .formatted(Words.count(behind), Words.seconds(seconds == null ? 0 : seconds));
    @Nullable PartitionSeen standing = standing(sink.writing() ? STANDS_WRITING : STANDS);
    if (standing != null) {
      return Verdict.of(
          HopState.STALLED,
          "a sink is connected, but applies nothing of %s: %s"
              .formatted(KafkaJudge.name(standing), words),
          "see its log; if it says nothing new, restart './archive sink'");
    }
    if (behind == 0 || seconds == null || seconds <= expected.flight()) {
      return Verdict.ok(behind == 0 ? "everything that is in Kafka is applied" : words);
    }
    Measurement then = window.oldest(RECENT, SinkJudge::known);
    double span = then == null ? 0 : window.secondsSince(then);
    if (then == null || span < STANDS - 1) {
      return Verdict.catchingUp(null, words + ", and was not watched for long enough to say more");
    }
    double closing = (behind(then) - behind) / span;
    if (closing > 0) {
      return Verdict.catchingUp(behind / closing, words + ", and gets nearer");
    }
    double written = (ends(now) - ends(then)) / span;
    return -closing <= written * KEEPS
        ? Verdict.catchingUp(null, words + ", and keeps pace")
        : Verdict.of(
            HopState.FALLING_BEHIND,
            words + ", and gets further behind",
            "start another './archive sink', or see with './archive lag' which table it is");
  }

  private static long ends(Measurement one) {
    return one.partitions().stream().mapToLong(PartitionSeen::end).sum();
  }

  private @Nullable Verdict quarantined() {
    OpenSeen open = now.open();
    return open == null || open.quarantined() == 0
        ? null
        : Verdict.of(
            HopState.STALLED,
            Words.count(open.quarantined()) + " records could not be applied and are in quarantine",
            "./archive quarantine list");
  }

  private @Nullable Verdict unreconciled() {
    OpenSeen open = now.open();
    if (open == null || open.unreconciledEpoch() == 0) {
      return null;
    }
    String words =
        "epoch %d is not reconciled yet, and nothing is purged before"
            .formatted(open.unreconciledEpoch());
    Measurement then = window.before(WAITS, Measurement::open);
    boolean waits =
        then != null
            && then.open() != null
            && then.open().unreconciledEpoch() == open.unreconciledEpoch()
            && behind == 0
            && behind(then) == 0;
    return waits
        ? Verdict.of(HopState.STALLED, words, "./archive epoch list")
        : Verdict.catchingUp(null, words);
  }

  /** Its positions and ends are known. */
  private static @Nullable Object known(Measurement one) {
    return one.sink() != null && !one.partitions().isEmpty() ? one : null;
  }

  static long behind(Measurement one) {
    return one.partitions().stream().mapToLong(PartitionSeen::behind).sum();
  }

  /** A partition that has had records for so long, of which none was applied. */
  private @Nullable PartitionSeen standing(double longest) {
    Measurement then = window.before(longest, SinkJudge::known);
    if (then == null) {
      return null;
    }
    Map<String, PartitionSeen> before =
        then.partitions().stream().collect(Collectors.toMap(KafkaJudge::name, Function.identity()));
    for (PartitionSeen one : now.partitions()) {
      PartitionSeen was = before.get(KafkaJudge.name(one));
      if (was != null && was.behind() > 0 && position(one) <= position(was)) {
        return one;
      }
    }
    return null;
  }

  /** A partition that ends before where the archive was a while ago. */
  private @Nullable PartitionSeen cut() {
    Measurement then = window.before(STANDS, SinkJudge::known);
    if (then == null) {
      return null;
    }
    Map<String, Long> positions = new HashMap<>();
    then.partitions().forEach(one -> positions.put(KafkaJudge.name(one), position(one)));
    return now.partitions().stream()
        .filter(one -> one.end() < positions.getOrDefault(KafkaJudge.name(one), 0L))
        .findFirst()
        .orElse(null);
  }

  private static long position(PartitionSeen one) {
    return one.position() == null ? 0 : one.position();
  }
}
