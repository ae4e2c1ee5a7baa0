package io.valmed.archive.cli;

import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SettingsReader;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --config}: where the settings are. */
final class SettingsOption {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      defaultValue = "archive.yaml",
      description = "The settings (default: ${DEFAULT-VALUE} in the working directory).")
  private Path file = Path.of("archive.yaml");

  /** The settings in the file, overridden by the environment. */
  Settings read() {
    return SettingsReader.read(file, System.getenv());
  }

  Path file() {
    return file;
  }
}
