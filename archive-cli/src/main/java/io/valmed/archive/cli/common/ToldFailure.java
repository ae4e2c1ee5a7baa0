package io.valmed.archive.cli.common;

import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import io.valmed.archive.runtime.Failures;

/** Writes a logged failure without the values that its messages may quote. */
public final class ToldFailure extends ThrowableHandlingConverter {
  @Override
  public String convert(ILoggingEvent event) {
    return event.getThrowableProxy() instanceof ThrowableProxy proxy
        ? Failures.trace(proxy.getThrowable())
        : "";
  }
}
