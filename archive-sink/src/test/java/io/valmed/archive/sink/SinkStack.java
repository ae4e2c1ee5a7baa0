package io.valmed.archive.sink;

import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import java.util.concurrent.atomic.AtomicInteger;

/** One broker and one archive server for all tests of this JVM. */
final class SinkStack {
  private static final LocalStack STACK = LocalStack.start(StackOptions.temporary());
  private static final AtomicInteger NUMBER = new AtomicInteger();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(SinkStack::end));
  }

  private SinkStack() {}

  /** Nothing of it is needed any more, so nobody waits for an orderly shutdown. */
  private static void end() {
    STACK.kafka().kill();
    STACK.archive().kill();
    STACK.hot().kill();
    STACK.close();
  }

  static LocalStack get() {
    return STACK;
  }

  /** A number that no other fixture of this JVM has. */
  static int number() {
    return NUMBER.incrementAndGet();
  }
}
