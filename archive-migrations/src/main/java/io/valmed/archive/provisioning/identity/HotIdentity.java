package io.valmed.archive.provisioning.identity;

import io.valmed.archive.databases.identity.DatabaseIdentity;
import io.valmed.archive.databases.identity.IdentityCheck;
import io.valmed.archive.databases.identity.Installation;
import io.valmed.archive.databases.identity.InstallationTable;
import io.valmed.archive.databases.identity.InstallationTable.Change;
import io.valmed.archive.provisioning.step.IdentityWork;
import io.valmed.archive.provisioning.step.PlannedStep;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Hot's row of the installation: made once, and changed by a person alone. */
public final class HotIdentity {
  private final Settings settings;
  private final Adoption adoption;

  public HotIdentity(Settings settings, Adoption adoption) {
    this.settings = settings;
    this.adoption = adoption;
  }

  /**
   * Compares the databases with what is recorded of them.
   *
   * @throws StopException when another database stands behind the prefix, and nobody adopts it
   */
  public IdentityWork compare(Connection hot) throws SQLException {
    InstallationTable table = new InstallationTable(hot);
    DatabaseIdentity actual = DatabaseIdentity.of(hot);
    @Nullable Installation row = table.find(settings.prefix()).orElse(null);
    @Nullable Installation archived = inArchive().orElse(null);
    refuseTaken(table, actual);
    refuseOtherNames(row);
    String conflict = conflict(table, row, archived, actual.at(hot), actual);
    if (conflict != null && !adoption.wanted()) {
      throw new StopException(conflict);
    }
    @Nullable Installation before = row == null ? archived : row;
    UUID id = before == null || conflict != null ? UUID.randomUUID() : before.id();
    @Nullable UUID archive =
        row != null && row.archive() != null ? row.archive() : archiveOf(archived);
    Installation wanted =
        new Installation(
            settings.prefix(),
            id,
            settings.capture().slot(),
            settings.capture().publication(),
            actual,
            archive);
    List<Change> changes = new ArrayList<>();
    if (conflict != null) {
      for (Installation was : distinct(row, archived)) {
        changes.add(new Change(was, wanted, was.hot().toString(), actual.at(hot), adoption.why()));
      }
    }
    return wanted.equals(row) ? IdentityWork.NONE : new Written(table, wanted, changes);
  }

  /** Refuses to undo what belongs to another installation or database. */
  public void beforeUndo(Connection hot) throws SQLException {
    InstallationTable table = new InstallationTable(hot);
    DatabaseIdentity actual = DatabaseIdentity.of(hot);
    @Nullable Installation row = table.find(settings.prefix()).orElse(null);
    if (row == null) {
      refuseTaken(table, actual);
    }
    // Slot and publication are those that are recorded, whatever the settings say now.
    if (row != null && !row.hot().same(actual)) {
      throw new StopException(new IdentityCheck(settings).anotherHot(row.hot(), actual.at(hot)));
    }
  }

  private @Nullable String conflict(
      InstallationTable table,
      @Nullable Installation row,
      @Nullable Installation archived,
      String found,
      DatabaseIdentity actual)
      throws SQLException {
    IdentityCheck check = new IdentityCheck(settings);
    if (row != null && !row.hot().same(actual)) {
      return check.anotherHot(row.hot(), found);
    }
    if (archived == null) {
      return null;
    }
    boolean known =
        row == null
            ? archived.hot().same(actual)
            : archived.id().equals(row.id())
                || table.predecessors(settings.prefix()).contains(archived.id());
    return known ? null : check.anotherHot(archived.hot(), found);
  }

  private void refuseTaken(InstallationTable table, DatabaseIdentity actual) throws SQLException {
    Installation wanted =
        new Installation(
            settings.prefix(),
            new UUID(0, 0),
            settings.capture().slot(),
            settings.capture().publication(),
            actual,
            null);
    Optional<String> other = table.taken(wanted, true);
    if (other.isPresent()) {
      throw new StopException(
          "Slot %s or publication %s of hot's %s belongs to installation %s, not to %s; name others in capture.slot and capture.publication."
              .formatted(
                  wanted.slot(), wanted.publication(), actual, other.get(), settings.prefix()));
    }
  }

  private void refuseOtherNames(@Nullable Installation row) {
    if (row != null
        && !(row.slot().equals(settings.capture().slot())
            && row.publication().equals(settings.capture().publication()))) {
      throw new StopException(
          "Installation %s was provisioned with slot %s and publication %s; run './archive provision hot --undo', which removes those, before it gets others."
              .formatted(row.prefix(), row.slot(), row.publication()));
    }
  }

  /** The archive's row; nothing while it has none, or cannot be asked and nobody adopts. */
  private Optional<Installation> inArchive() throws SQLException {
    try (Connection archive = settings.archive().migrator().connect("archive provision")) {
      InstallationTable table = new InstallationTable(archive);
      return table.exists() ? table.find(settings.prefix()) : Optional.empty();
    } catch (SQLException | StopException e) {
      if (adoption.wanted()) {
        throw e;
      }
      // Comparing it is the archive's own provisioning then, which cannot do without hot.
      return Optional.empty();
    }
  }

  private static @Nullable UUID archiveOf(@Nullable Installation archived) {
    return archived == null ? null : archived.archive();
  }

  private static List<Installation> distinct(
      @Nullable Installation row, @Nullable Installation archived) {
    List<Installation> found = new ArrayList<>();
    if (row != null) {
      found.add(row);
    }
    if (archived != null && (row == null || !archived.id().equals(row.id()))) {
      found.add(archived);
    }
    return found;
  }

  private record Written(InstallationTable table, Installation wanted, List<Change> changes)
      implements IdentityWork {
    @Override
    public List<PlannedStep> planned() {
      return List.of(
          new PlannedStep(
              "installation",
              wanted.prefix(),
              "INSERT INTO arc.installation … ON CONFLICT (prefix) DO UPDATE …",
              changes.isEmpty() ? null : "adopted: " + changes.get(0).wasTold()));
    }

    @Override
    public void write() throws SQLException {
      for (Change change : changes) {
        table.note(change);
      }
      table.write(wanted);
    }

    @Override
    public Elsewhere elsewhere() {
      return Elsewhere.NONE;
    }
  }
}
