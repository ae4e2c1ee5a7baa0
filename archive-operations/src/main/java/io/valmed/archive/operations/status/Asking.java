package io.valmed.archive.operations.status;

import io.valmed.archive.runtime.server.ServerAnswer;
import io.valmed.archive.runtime.server.ServerQuestion;
import org.jspecify.annotations.Nullable;

/**
 * One server, asked again and again. A single answer that does not come is forgiven: what it said
 * before counts once more.
 */
final class Asking<T> implements AutoCloseable {
  private final ServerQuestion<Answered<T>> question;
  private final String address;
  private @Nullable T before;
  private boolean forgiven;

  /**
   * @param address for people; no password
   */
  Asking(ServerQuestion<Answered<T>> question, String address) {
    this.question = question;
    this.address = address;
  }

  /**
   * @param value null: it is not known
   */
  record Heard<T>(@Nullable T value, Measurement.ServerSeen server) {}

  void begin() {
    question.begin();
  }

  /** The answer; comes within two seconds. */
  Heard<T> hear() {
    ServerAnswer<Answered<T>> answer = question.answer();
    Answered<T> said = answer.value();
    if (said != null && !said.slow()) {
      before = said.value();
      forgiven = false;
      return new Heard<>(said.value(), seen(said.refusal(), said.refusal() != null));
    }
    T last = before;
    if (last != null && !forgiven) {
      forgiven = true;
      return new Heard<>(last, seen(null, false));
    }
    before = null;
    return said == null
        ? new Heard<>(null, seen(answer.problem(), false))
        : new Heard<>(null, seen(said.refusal(), true));
  }

  private Measurement.ServerSeen seen(@Nullable String trouble, boolean refused) {
    return new Measurement.ServerSeen(question.server(), address, trouble, refused);
  }

  @Override
  public void close() {
    question.close();
  }
}
