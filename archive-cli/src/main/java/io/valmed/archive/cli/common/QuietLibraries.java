package io.valmed.archive.cli.common;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Keeps what libraries say below INFO out of the log, whatever level was asked for: there the
 * connector and Kafka's clients write whole records.
 */
public final class QuietLibraries extends Filter<ILoggingEvent> {
  private static final String OURS = "io.valmed.archive";

  @Override
  public FilterReply decide(ILoggingEvent event) {
    boolean ours = event.getLoggerName().startsWith(OURS);
    return ours || event.getLevel().isGreaterOrEqual(Level.INFO)
        ? FilterReply.NEUTRAL
        : FilterReply.DENY;
  }
}
