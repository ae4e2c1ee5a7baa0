package io.valmed.archive.cli.common;

import io.valmed.archive.runtime.server.NamedServers;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.runtime.settings.SettingsReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config}: where the settings are. */
public final class SettingsOption {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      defaultValue = "archive.yaml",
      description = "The settings (default: ${DEFAULT-VALUE} in the working directory).")
  private Path file = Path.of("archive.yaml");

  private @Nullable NamedServers servers;

  /** The settings in the file, overridden by the environment. */
  public Settings read() {
    Settings settings = SettingsReader.read(file, System.getenv());
    servers =
        new NamedServers(
            List.of(settings.hot().migrator(), settings.archive().migrator()), settings.kafka());
    return settings;
  }

  /** The servers that the settings name; nothing before they were read. */
  Optional<NamedServers> servers() {
    return Optional.ofNullable(servers);
  }

  public Path file() {
    return file;
  }
}
