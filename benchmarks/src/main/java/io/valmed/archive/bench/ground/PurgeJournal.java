package io.valmed.archive.bench.ground;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What the purge journal says of a run. The clock runs from the end of the first page, which is
 * small, to the end of the last, and the rows of the pages between are counted; a single page is
 * timed from its intent.
 *
 * @param rows of all committed pages
 * @param timedRows of those that the time is for
 * @param seconds the time
 */
public record PurgeJournal(long rows, long timedRows, double seconds) {

  /** Reads the committed pages behind {@code id}. */
  public static PurgeJournal read(Site site, long id) throws SQLException {
    try (Connection archive = site.archive();
        Statement statement = archive.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT sum(rows), sum(rows) FILTER (WHERE n > 1), extract(epoch FROM max(settled_at) - min(settled_at)),
                    extract(epoch FROM max(settled_at) - min(intended_at)), count(*)
                  FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM arc.purge_page
                          WHERE outcome = 'committed' AND id > %d) p
                """
                    .formatted(id))) {
      row.next();
      return row.getLong(5) > 1
          ? new PurgeJournal(row.getLong(1), row.getLong(2), row.getDouble(3))
          : new PurgeJournal(row.getLong(1), row.getLong(1), row.getDouble(4));
    }
  }

  /** Reads all committed pages. */
  public static PurgeJournal read(Site site) throws SQLException {
    return read(site, 0);
  }
}
