package io.valmed.archive.provisioning.identity;

import io.valmed.archive.databases.identity.DatabaseIdentity;
import io.valmed.archive.databases.identity.IdentityCheck;
import io.valmed.archive.databases.identity.Installation;
import io.valmed.archive.databases.identity.InstallationTable;
import io.valmed.archive.provisioning.step.IdentityWork;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether hot and archive are those of the installation: what provisioning would refuse, said
 * beforehand. Changes nothing.
 */
public final class InstallationLook {
  private final Settings settings;

  public InstallationLook(Settings settings) {
    this.settings = settings;
  }

  /**
   * What was found of one database.
   *
   * @param database {@code hot} or {@code archive}
   * @param grade how it is
   * @param text what there is, and what to do
   */
  public record Found(String database, Grade grade, String text) {}

  /** How a database fits. */
  public enum Grade {
    /** It is the installation's. */
    OWN,
    /** It is not known whose it is: provisioning will say so. */
    NEW,
    /** It is another one's: nothing may be written. */
    ANOTHER
  }

  /** Looks at both; a database that nothing is known of is left out. */
  public List<Found> look() throws SQLException {
    try (Connection hot = settings.hot().migrator().connect("archive doctor");
        Connection archive = settings.archive().migrator().connect("archive doctor")) {
      List<Found> found = new ArrayList<>();
      Optional<Installation> inHot = row(hot);
      Optional<Installation> inArchive = row(archive);
      if (new InstallationTable(hot).exists()) {
        found.add(of("hot", hot, () -> new HotIdentity(settings, Adoption.NONE).compare(hot)));
      } else if (inArchive.isPresent()) {
        found.add(notMigrated(hot, inArchive.get().hot()));
      }
      if (inHot.isPresent() && new InstallationTable(archive).exists()) {
        found.add(
            of(
                "archive",
                archive,
                () -> new ArchivedIdentity(settings, Adoption.NONE).compare(archive)));
      } else if (inHot.isPresent() && inHot.get().archive() != null) {
        found.add(
            new Found(
                "archive",
                Grade.ANOTHER,
                "Installation %s is archived in archive %s, but archive.url leads to %s, which has never been one; point it at the right database."
                    .formatted(
                        settings.prefix(),
                        inHot.get().archive(),
                        DatabaseIdentity.of(archive).at(archive))));
      }
      return List.copyOf(found);
    }
  }

  private Optional<Installation> row(Connection connection) throws SQLException {
    InstallationTable table = new InstallationTable(connection);
    return table.exists() ? table.find(settings.prefix()) : Optional.empty();
  }

  private Found notMigrated(Connection hot, DatabaseIdentity expected) throws SQLException {
    DatabaseIdentity actual = DatabaseIdentity.of(hot);
    return expected.same(actual)
        ? new Found(
            "hot", Grade.NEW, "run './archive migrate hot up' and './archive provision hot'")
        : new Found(
            "hot", Grade.ANOTHER, new IdentityCheck(settings).anotherHot(expected, actual.at(hot)));
  }

  /** A comparison that provisioning makes. */
  @FunctionalInterface
  private interface Comparison {
    IdentityWork make() throws SQLException;
  }

  private Found of(String database, Connection connection, Comparison comparison)
      throws SQLException {
    try {
      boolean known = comparison.make().planned().isEmpty();
      String where = DatabaseIdentity.of(connection).toString();
      return known
          ? new Found(database, Grade.OWN, where + " is installation " + settings.prefix() + "'s")
          : new Found(
              database,
              Grade.NEW,
              "%s does not know installation %s as it is now; run './archive provision %s'"
                  .formatted(where, settings.prefix(), database));
    } catch (StopException e) {
      return new Found(database, Grade.ANOTHER, String.valueOf(e.getMessage()));
    }
  }
}
