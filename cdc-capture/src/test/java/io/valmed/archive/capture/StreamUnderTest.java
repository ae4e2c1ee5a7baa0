package io.valmed.archive.capture;

import io.valmed.archive.runtime.settings.CaptureSettings.Stream;
import java.util.Locale;

/** Which stream all tests of capture run with: {@code -Dcapture.stream=engine}. */
final class StreamUnderTest {
  static final Stream CHOSEN =
      Stream.valueOf(System.getProperty("capture.stream", "direct").toUpperCase(Locale.ROOT));

  /** Of tests that run with the engine too whenever all tests do. */
  static final String BOTH = "both-streams";

  private StreamUnderTest() {}
}
