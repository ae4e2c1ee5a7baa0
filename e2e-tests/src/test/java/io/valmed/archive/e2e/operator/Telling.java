package io.valmed.archive.e2e.operator;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What each service within this process logs, as its process would have written it. */
final class Telling extends AppenderBase<ILoggingEvent> {
  private static final String OURS = "io.valmed.archive";
  private static final Map<String, String> PACKAGES =
      Map.of(OURS + ".capture", "capture", OURS + ".sink", "sink", OURS + ".purge", "purge");
  private static final Telling ALL = begin();

  private final Map<String, StringWriter> told = new ConcurrentHashMap<>();
  private final PatternLayout layout = new PatternLayout();

  /** What the service of that name logs from now on. */
  static StringWriter of(String service) {
    StringWriter empty = new StringWriter();
    ALL.told.put(service, empty);
    return empty;
  }

  private static Telling begin() {
    Logger ours = (Logger) LoggerFactory.getLogger(OURS);
    Telling telling = new Telling();
    telling.setContext(ours.getLoggerContext());
    telling.layout.setContext(ours.getLoggerContext());
    telling.layout.setPattern("%d{HH:mm:ss.SSS} %-5level %msg %kvp%n%nopex");
    telling.layout.start();
    telling.start();
    ours.setLevel(Level.INFO);
    ours.setAdditive(false);
    ours.addAppender(telling);
    return telling;
  }

  @Override
  protected void append(ILoggingEvent event) {
    String service = service(event);
    StringWriter to = service == null ? null : told.get(service);
    if (to != null) {
      to.append(layout.doLayout(event));
    }
  }

  private static @Nullable String service(ILoggingEvent event) {
    for (Map.Entry<String, String> known : PACKAGES.entrySet()) {
      if (event.getLoggerName().startsWith(known.getKey() + ".")) {
        return known.getValue();
      }
    }
    Object[] arguments = event.getArgumentArray();
    if (arguments != null && arguments.length > 0 && PACKAGES.containsValue(arguments[0])) {
      return (String) arguments[0];
    }
    String thread = event.getThreadName();
    return PACKAGES.values().stream().filter(thread::startsWith).findAny().orElse(null);
  }
}
