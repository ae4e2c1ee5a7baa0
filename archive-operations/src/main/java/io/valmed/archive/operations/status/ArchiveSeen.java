package io.valmed.archive.operations.status;

import io.valmed.archive.databases.archive.TableVerifications;
import io.valmed.archive.databases.seen.ArchiveNow;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the archive shows now.
 *
 * @param verified how each table stands with its comparison; those that none knows of are left out
 */
record ArchiveSeen(ArchiveNow now, Map<TableId, TableVerifications.Standing> verified) {

  static ArchiveSeen read(Connection archive, Settings settings) throws SQLException {
    return new ArchiveSeen(
        ArchiveNow.read(archive, settings),
        new TableVerifications(archive, settings.prefix())
            .list(settings.policy().tables().stream().map(PolicyTable::table).toList()).stream()
                .collect(
                    Collectors.toMap(TableVerifications.Standing::table, Function.identity())));
  }
}
