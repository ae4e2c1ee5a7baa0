package io.valmed.archive.provisioning.identity;

import io.valmed.archive.databases.identity.ArchiveIdentity;
import io.valmed.archive.databases.identity.DatabaseIdentity;
import io.valmed.archive.databases.identity.IdentityCheck;
import io.valmed.archive.databases.identity.Installation;
import io.valmed.archive.databases.identity.InstallationTable;
import io.valmed.archive.databases.identity.InstallationTable.Change;
import io.valmed.archive.provisioning.step.IdentityWork;
import io.valmed.archive.provisioning.step.PlannedStep;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The archive's row of the installation, and what hot's row says of the archive. */
public final class ArchivedIdentity {
  private final Settings settings;
  private final Adoption adoption;

  public ArchivedIdentity(Settings settings, Adoption adoption) {
    this.settings = settings;
    this.adoption = adoption;
  }

  /** What both databases say now. */
  private record Found(
      DatabaseIdentity actual,
      String told,
      @Nullable ArchiveIdentity own,
      @Nullable Installation row,
      Installation hot) {

    boolean copied() {
      return own != null && !own.written().same(actual);
    }
  }

  /**
   * Compares both databases with what is recorded of them.
   *
   * @throws StopException when they do not belong to each other, and nobody adopts them
   * @throws SQLException also when hot does not answer: the archive learns from it
   */
  public IdentityWork compare(Connection archive) throws SQLException {
    try (Connection hotConnection = settings.hot().migrator().connect("archive provision")) {
      InstallationTable inHot = new InstallationTable(hotConnection);
      InstallationTable inArchive = new InstallationTable(archive);
      DatabaseIdentity actual = DatabaseIdentity.of(archive);
      Found found =
          new Found(
              actual,
              actual.at(archive),
              ArchiveIdentity.find(archive).orElse(null),
              inArchive.find(settings.prefix()).orElse(null),
              new IdentityCheck(settings).hot(hotConnection));
      String conflict = conflict(archive, found, inHot);
      if (conflict != null && !adoption.wanted()) {
        throw new StopException(conflict);
      }
      ArchiveIdentity own =
          found.own() == null || found.copied()
              ? new ArchiveIdentity(UUID.randomUUID(), actual)
              : found.own();
      Installation wanted = of(found.hot(), own.id());
      refuseTaken(inArchive, wanted);
      boolean same =
          own.equals(found.own()) && wanted.equals(found.row()) && wanted.equals(found.hot());
      return same && !before(archive)
          ? IdentityWork.NONE
          : new Written(archive, own, wanted, found, conflict);
    }
  }

  private static Installation of(Installation hot, UUID archive) {
    return new Installation(
        hot.prefix(), hot.id(), hot.slot(), hot.publication(), hot.hot(), archive);
  }

  private @Nullable String conflict(Connection archive, Found found, InstallationTable inHot)
      throws SQLException {
    ArchiveIdentity own = found.own();
    if (own != null && found.copied()) {
      return IdentityCheck.copiedArchive(own.written(), found.told());
    }
    Installation row = found.row();
    if (row != null
        && !row.id().equals(found.hot().id())
        && !inHot.predecessors(settings.prefix()).contains(row.id())) {
      return "Archive %s keeps installation %s of hot %s, but hot.url leads to %s; point hot.url or archive.url at the right database, or, if hot was moved there for good, run './archive provision hot --adopt --reason …'."
          .formatted(found.told(), row.prefix(), row.hot(), found.hot().hot());
    }
    UUID archived = found.hot().archive();
    if (archived != null && (own == null || !archived.equals(own.id()))) {
      return "Installation %s is archived in archive %s, but archive.url leads to another one, %s; point it at the right archive, or, if this one takes its place, stop sinks and purge of the old one, run './archive provision archive --adopt --reason …' and start capture again."
          .formatted(settings.prefix(), archived, found.told());
    }
    String system = row == null ? lastSystem(archive) : null;
    return system == null || system.equals(found.hot().hot().systemIdentifier())
        ? null
        : "Archive %s holds rows of hot system %s, but hot.url leads to %s; point hot.url or archive.url at the right database, or, if hot was moved there for good, run './archive provision archive --adopt --reason …'."
            .formatted(found.told(), system, found.hot().hot());
  }

  private @Nullable String lastSystem(Connection archive) throws SQLException {
    return new Query(archive)
        .text(
            "SELECT system_id FROM arc.epoch WHERE prefix IN ('', ?) ORDER BY epoch DESC LIMIT 1",
            settings.prefix())
        .orElse(null);
  }

  private static void refuseTaken(InstallationTable table, Installation wanted)
      throws SQLException {
    Optional<String> other = table.taken(wanted, false);
    if (other.isPresent()) {
      throw new StopException(
          "Slot %s is already installation %s's in this archive, which keeps one heartbeat per slot; undo the provisioning of hot, name another slot in capture.slot, and provision again."
              .formatted(wanted.slot(), other.get()));
    }
  }

  /** Whether the archive has rows from before installations were told apart. */
  private static boolean before(Connection archive) throws SQLException {
    return new Query(archive)
        .holds(
            """
            SELECT EXISTS (SELECT FROM arc.epoch WHERE prefix = '') OR EXISTS (SELECT FROM arc.purge_page WHERE prefix = '')
              OR EXISTS (SELECT FROM arc.verification WHERE prefix = '')
            """);
  }

  private final class Written implements IdentityWork {
    private final Connection archive;
    private final ArchiveIdentity own;
    private final Installation wanted;
    private final Found found;
    private final @Nullable String conflict;

    Written(
        Connection archive,
        ArchiveIdentity own,
        Installation wanted,
        Found found,
        @Nullable String conflict) {
      this.archive = archive;
      this.own = own;
      this.wanted = wanted;
      this.found = found;
      this.conflict = conflict;
    }

    @Override
    public List<PlannedStep> planned() {
      return List.of(
          new PlannedStep(
              "installation",
              wanted.prefix(),
              "INSERT INTO arc.installation … ON CONFLICT (prefix) DO UPDATE …",
              conflict == null ? null : "adopted"));
    }

    @Override
    public void write() throws SQLException {
      InstallationTable inArchive = new InstallationTable(archive);
      own.write(archive);
      Installation row = found.row();
      if (conflict != null || (row != null && !row.id().equals(wanted.id()))) {
        inArchive.note(change(row, row == null ? "nothing" : row.hot().toString()));
      }
      inArchive.write(wanted);
      for (String table :
          List.of(
              "epoch",
              "purge_page",
              "verification",
              "reconciliation",
              "reconciliation_confirmation")) {
        adopt(table);
      }
    }

    @Override
    public Elsewhere elsewhere() throws SQLException {
      Connection hot = settings.hot().migrator().connect("archive provision");
      try {
        hot.setAutoCommit(false);
        InstallationTable inHot = new InstallationTable(hot);
        if (conflict != null) {
          inHot.note(change(found.hot(), "archive " + found.hot().archive()));
        }
        inHot.write(wanted);
        return new InHot(hot);
      } catch (SQLException | RuntimeException e) {
        hot.close();
        throw e;
      }
    }

    private Change change(@Nullable Installation was, String told) {
      String reason = adoption.wanted() ? adoption.why() : "hot was adopted";
      return new Change(was, wanted, told, wanted.hot() + ", archive " + found.told(), reason);
    }

    private void adopt(String table) throws SQLException {
      String sql = "UPDATE arc." + table + " SET prefix = ? WHERE prefix = ''";
      try (var statement = archive.prepareStatement(sql)) {
        statement.setString(1, wanted.prefix());
        statement.executeUpdate();
      }
    }
  }

  /** Hot's row: PostgreSQL rolls back what a closed connection has not committed. */
  private record InHot(Connection hot) implements IdentityWork.Elsewhere {
    @Override
    public void commit() throws SQLException {
      hot.commit();
    }

    @Override
    public void close() throws SQLException {
      hot.close();
    }
  }
}
