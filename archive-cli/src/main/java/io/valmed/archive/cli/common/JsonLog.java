package io.valmed.archive.cli.common;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import io.valmed.archive.runtime.Failures;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Writes each line of the log as one JSON object: time, level, logger, message, and the key values
 * under their own names. Logback's own JSON encoder would write messages of exceptions, which quote
 * rows.
 */
public final class JsonLog extends EncoderBase<ILoggingEvent> {
  private boolean traces;

  /** Whether to tell where a logged failure happened; logback sets it by its configuration. */
  public void setTraces(boolean wanted) {
    traces = wanted;
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    @Nullable List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      pairs.forEach(pair -> line.put(pair.key, pair.value));
    }
    Map<String, @Nullable Object> all =
        head(
            Instant.ofEpochMilli(event.getTimeStamp()),
            event.getLevel().toString(),
            event.getLoggerName(),
            event.getFormattedMessage());
    line.forEach(all::putIfAbsent);
    if (traces && event.getThrowableProxy() instanceof ThrowableProxy failure) {
      all.put("trace", Failures.trace(failure.getThrowable()));
    }
    return (JsonLine.of(all) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** What every line begins with. */
  static Map<String, @Nullable Object> head(
      Instant time, String level, String logger, String message) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("time", time);
    line.put("level", level);
    line.put("logger", logger);
    line.put("message", message);
    return line;
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }
}
