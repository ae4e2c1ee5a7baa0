package io.valmed.archive.capture;

import io.valmed.archive.runtime.settings.SettingsReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Capture in a process of its own, with a heap of its own; ends when its input does. */
final class CaptureProcess implements AutoCloseable {
  private final Process process;

  private CaptureProcess(Process process) {
    this.process = process;
  }

  static CaptureProcess start(Path settings, String heap) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heap,
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            CaptureProcess.class.getName(),
            settings.toString());
    try {
      return new CaptureProcess(
          new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Ends it; the most heap it ever used, in bytes, as the sum of its pools' peaks. */
  long end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor(30, TimeUnit.SECONDS);
    return Long.parseLong(told.lines().reduce("", (first, last) -> last).trim());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] settings) throws IOException {
    CaptureService service =
        CaptureService.start(
            SettingsReader.read(Path.of(settings[0]), Map.of()), CaptureOptions.NONE);
    InputStream untilTold = System.in;
    untilTold.transferTo(OutputStream.nullOutputStream());
    service.close();
    long peak =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(java.lang.management.MemoryUsage::getUsed)
            .sum();
    System.out.println(peak);
  }
}
