package io.valmed.archive.bench.ground;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * What the purge journal says of a run. The clock runs from the end of the last page that is not
 * timed, the first one at least, to the end of the last of all; a single page is timed from its
 * intent.
 *
 * @param rows of all committed pages
 * @param timedRows of those that the time is for
 * @param seconds the time
 */
public record PurgeJournal(long rows, long timedRows, double seconds) {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /**
   * Reads the committed pages behind {@code id}.
   *
   * @param warm pages that begin before so many rows are gone are not timed
   */
  public static PurgeJournal read(Site site, long id, long warm) throws SQLException {
    try (Connection archive = site.archive();
        Statement statement = archive.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT sum(rows), sum(rows) FILTER (WHERE timed),
                    extract(epoch FROM max(settled_at) - max(settled_at) FILTER (WHERE NOT timed)),
                    extract(epoch FROM max(settled_at) - min(intended_at)), count(*) FILTER (WHERE timed)
                  FROM (SELECT *, sum(rows) OVER (ORDER BY settled_at, id) - rows >= greatest(%d, 1) AS timed FROM arc.purge_page
                          WHERE outcome = 'committed' AND id > %d) p
                """
                    .formatted(warm, id))) {
      row.next();
      return row.getLong(5) > 0
          ? new PurgeJournal(row.getLong(1), row.getLong(2), row.getDouble(3))
          : new PurgeJournal(row.getLong(1), row.getLong(1), row.getDouble(4));
    }
  }

  /** Returns when so many rows are purged. */
  public static void awaitRows(Site site, long rows, JavaProcess purge) throws Exception {
    try (Connection archive = site.archive()) {
      Moment.until(
          rows + " rows to be purged",
          LIMIT,
          20,
          () ->
              !purge.running()
                  || Answers.number(
                          archive,
                          "SELECT coalesce(sum(rows), 0) FROM arc.purge_page WHERE outcome = 'committed'")
                      >= rows);
    }
  }
}
