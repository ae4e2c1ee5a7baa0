package io.valmed.archive.databases.hold;

import io.valmed.archive.databases.schema.ReleaseSchema;
import io.valmed.archive.databases.schema.SchemaCheck;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.TextArray;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The switch that holds purging, for operators and for whoever finds a fault. It stands in both
 * databases, so that it can be set, and is seen, while either of them is away.
 */
public final class PurgeHolds {
  private static final String INSERT =
      "INSERT INTO arc.purge_hold (scope, reason, held_by, prefix) VALUES (?, ?, ?, ?)";
  private static final String RELEASE =
      """
      UPDATE arc.purge_hold SET released_by = ?, released_at = clock_timestamp()
      WHERE released_at IS NULL AND id = ANY (?::bigint[])
      """;
  private static final String OPEN =
      """
      SELECT id, scope, reason, held_by, held_at, prefix FROM arc.purge_hold
      WHERE released_at IS NULL AND prefix IN ('', ?) ORDER BY id
      """;

  private final DatabaseLogin hot;
  private final DatabaseLogin archive;
  private final String prefix;

  public PurgeHolds(Settings settings) {
    this.hot = settings.hot().purger();
    this.archive = settings.archive().purger();
    this.prefix = settings.prefix();
  }

  /**
   * An open hold.
   *
   * @param database {@code hot} or {@code archive}: where it stands
   * @param id its number there
   * @param scope {@code *} or a table
   * @param reason why
   * @param heldBy who
   * @param heldAt since when
   * @param prefix the installation that is held; empty: every one of that database
   */
  public record Hold(
      String database,
      long id,
      String scope,
      String reason,
      String heldBy,
      Instant heldAt,
      String prefix) {}

  /**
   * Holds purging. When this returns, no worker begins to delete any more; a page that was past its
   * last look at the switch ends within a second.
   *
   * @param scope {@code *} for everything, or a table as {@code TableId.toString} writes it
   * @throws SQLException when neither database took it
   * @throws StopException when neither can be logged in to as the settings say
   */
  public void pause(String scope, String reason, String who) throws SQLException {
    @Nullable SQLException failed = null;
    @Nullable StopException refused = null;
    int taken = 0;
    for (DatabaseLogin login : List.of(hot, archive)) {
      try (Connection connection = login.connect("archive purge pause");
          PreparedStatement insert = connection.prepareStatement(INSERT)) {
        insert.setString(1, scope);
        insert.setString(2, reason);
        insert.setString(3, who);
        insert.setString(4, prefix);
        insert.executeUpdate();
        taken++;
      } catch (SQLException e) {
        failed = e;
      } catch (StopException e) {
        refused = e;
      }
    }
    if (taken == 0 && failed != null) {
      throw failed;
    }
    if (taken == 0 && refused != null) {
      throw refused;
    }
  }

  /**
   * Releases these holds and no other: one that was set after they were read stays.
   *
   * @return how many of them were still open
   * @throws SQLException when either database could not be asked: then purging is still held
   */
  public int release(List<Hold> holds, String who) throws SQLException {
    try (Connection inHot = hot.connect("archive purge resume");
        Connection inArchive = archive.connect("archive purge resume")) {
      // Holding is always allowed, going on only between what this release knows.
      SchemaCheck.of(ReleaseSchema.HOT, inHot);
      SchemaCheck.of(ReleaseSchema.ARCHIVE, inArchive);
      return release(inArchive, "archive", holds, who) + release(inHot, "hot", holds, who);
    }
  }

  private static int release(Connection connection, String database, List<Hold> holds, String who)
      throws SQLException {
    List<String> ids =
        holds.stream()
            .filter(hold -> hold.database().equals(database))
            .map(hold -> Long.toString(hold.id()))
            .toList();
    try (PreparedStatement update = connection.prepareStatement(RELEASE)) {
      update.setString(1, who);
      update.setString(2, TextArray.write(ids));
      return update.executeUpdate();
    }
  }

  /** All open holds. */
  public List<Hold> open() throws SQLException {
    List<Hold> holds = new ArrayList<>();
    read("hot", hot, holds);
    read("archive", archive, holds);
    return holds;
  }

  private void read(String database, DatabaseLogin login, List<Hold> into) throws SQLException {
    try (Connection connection = login.connect("archive purge holds")) {
      into.addAll(open(connection, database, prefix));
    }
  }

  /**
   * The open holds that one database has, in an open session.
   *
   * @param database {@code hot} or {@code archive}: which one it is
   */
  public static List<Hold> open(Connection connection, String database, String prefix)
      throws SQLException {
    List<Hold> holds = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(OPEN)) {
      query.setString(1, prefix);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          holds.add(
              new Hold(
                  database,
                  row.getLong(1),
                  row.getString(2),
                  row.getString(3),
                  row.getString(4),
                  row.getObject(5, OffsetDateTime.class).toInstant(),
                  row.getString(6)));
        }
      }
    }
    return holds;
  }
}
