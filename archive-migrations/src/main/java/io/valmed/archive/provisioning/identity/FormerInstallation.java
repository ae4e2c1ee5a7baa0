package io.valmed.archive.provisioning.identity;

import io.valmed.archive.databases.identity.Installation;
import io.valmed.archive.databases.identity.InstallationTable;
import io.valmed.archive.runtime.settings.CaptureSettings;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/** An installation that the settings no longer name. */
public final class FormerInstallation {
  private FormerInstallation() {}

  /**
   * The settings as they were when they had that prefix, as far as hot remembers: with its slot and
   * publication, for those of the file belong to another installation by now.
   *
   * @throws SQLException when hot cannot be asked
   */
  public static Settings of(String prefix, Settings now) throws SQLException {
    CaptureSettings capture = now.capture();
    Optional<Installation> former = find(prefix, now);
    String own = "arc_" + prefix.toLowerCase(Locale.ROOT).replaceAll("\\W", "_");
    return new Settings(
        prefix,
        now.hot(),
        now.archive(),
        now.kafka(),
        now.policy(),
        new CaptureSettings(
            former.map(Installation::slot).orElse(own),
            former.map(Installation::publication).orElse(own),
            capture.heartbeatEvery(),
            capture.transactionRecords(),
            capture.transactionTime(),
            capture.health()),
        now.sink(),
        now.purge(),
        now.verify());
  }

  private static Optional<Installation> find(String prefix, Settings now) throws SQLException {
    try (Connection hot = now.hot().migrator().connect("archive provision")) {
      InstallationTable table = new InstallationTable(hot);
      return table.exists() ? table.find(prefix) : Optional.empty();
    }
  }
}
