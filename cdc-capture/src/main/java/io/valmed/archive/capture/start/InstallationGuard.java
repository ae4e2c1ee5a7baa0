package io.valmed.archive.capture.start;

import io.valmed.archive.capture.event.SourceOffset;
import io.valmed.archive.databases.identity.IdentityCheck;
import io.valmed.archive.databases.identity.Installation;
import io.valmed.archive.databases.identity.InstallationTable;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.SchemaRecord.Installed;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Whether hot and topics are of one installation: asked before a new epoch, too. */
public final class InstallationGuard {
  private static final String NEW_EPOCH =
      " Run './archive capture --new-epoch': it copies the tables anew and what is missing in hot becomes visible; then './archive verify' before purging goes on.";

  private final Settings settings;
  private final Installation hot;
  private final Set<UUID> predecessors;
  private final boolean adopted;
  private final String where;

  private InstallationGuard(
      Settings settings, Installation hot, Set<UUID> predecessors, boolean adopted, String where) {
    this.settings = settings;
    this.hot = hot;
    this.predecessors = predecessors;
    this.adopted = adopted;
    this.where = where;
  }

  /**
   * Asks hot which installation it is of.
   *
   * @throws StopException when it is not of this one
   */
  public static InstallationGuard ask(Settings settings) throws SQLException {
    try (Connection connection = settings.hot().capture().connect("valmed-archive capture")) {
      Installation hot = new IdentityCheck(settings).hot(connection);
      InstallationTable table = new InstallationTable(connection);
      return new InstallationGuard(
          settings,
          hot,
          table.predecessors(hot.prefix()),
          table.adopted(hot.prefix()),
          hot.hot().at(connection));
    }
  }

  /** Which installation hot is of. */
  public UUID id() {
    return hot.id();
  }

  /**
   * Compares the topics with hot.
   *
   * @param stored what they say
   * @param newEpoch whether all tables are copied anew
   * @return what they are to say; null: they say it already
   * @throws StopException when they hold another database's history
   */
  public @Nullable Installed compare(StoredState stored, boolean newEpoch) {
    @Nullable Installed found = stored.installation();
    @Nullable Epoch epoch = stored.epoch();
    Installed own =
        new Installed(
            hot.prefix(),
            hot.id(),
            hot.archive(),
            hot.hot().systemIdentifier(),
            hot.hot().oid(),
            hot.hot().name());
    if (found != null && !known(found.installation())) {
      throw another(
          "database %s (oid %d) of system %s"
              .formatted(found.database(), found.databaseOid(), found.systemId()));
    }
    if (found == null && epoch != null && !adopted && !epoch.systemId().equals(own.systemId())) {
      throw another("database of system " + epoch.systemId());
    }
    boolean taken =
        found == null ? epoch != null && adopted : !found.installation().equals(own.installation());
    if (taken && !newEpoch) {
      throw new StopException(
          "Hot's %s was adopted in place of another database, whose changes the topics of prefix %s hold."
                  .formatted(where, settings.prefix())
              + NEW_EPOCH);
    }
    compare(stored.offset(), found == null, newEpoch);
    return own.equals(found) ? null : own;
  }

  /**
   * An offset says where in one database's WAL it stands; in another's it means nothing.
   *
   * @param alone whether nothing else in the topics says whose they are
   */
  private void compare(@Nullable SourceOffset offset, boolean alone, boolean newEpoch) {
    @Nullable UUID whose = offset == null ? null : offset.installation();
    if (whose == null || whose.equals(hot.id())) {
      return;
    }
    if (alone && !known(whose)) {
      throw another("of installation " + whose);
    }
    if (!newEpoch) {
      throw new StopException(
          "The offset of slot %s in topic %s is of installation %s, but hot's %s is installation %s: where its WAL was read is not known."
                  .formatted(hot.slot(), settings.topics().captureOffsets(), whose, where, hot.id())
              + NEW_EPOCH);
    }
  }

  private boolean known(UUID installation) {
    return installation.equals(hot.id()) || predecessors.contains(installation);
  }

  private StopException another(String expected) {
    return new StopException(
        "The topics of prefix %s hold the history of hot %s, but hot.url leads to %s; point it at the right database, use another prefix, or, if hot was moved (if the old one still runs, stop what writes there), run './archive provision hot --adopt --reason …', then './archive provision archive' and './archive capture --new-epoch'."
            .formatted(settings.prefix(), expected, where));
  }
}
