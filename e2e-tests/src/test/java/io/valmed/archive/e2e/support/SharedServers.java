package io.valmed.archive.e2e.support;

import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;

/** The servers all tests of this JVM share; they end with it. */
final class Servers {
  private static final class Holder {
    private static final LocalStack STACK = start();

    private static LocalStack start() {
      LocalStack stack = LocalStack.start(StackOptions.temporary());
      Runtime.getRuntime().addShutdownHook(new Thread(stack::close, "stop-servers"));
      return stack;
    }
  }

  private Servers() {}

  static LocalStack stack() {
    return Holder.STACK;
  }
}
