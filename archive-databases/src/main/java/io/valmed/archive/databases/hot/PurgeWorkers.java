package io.valmed.archive.databases.hot;

import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Purge workers that run now, by the session that each keeps in hot for its clock. */
public final class PurgeWorkers {
  private static final String SESSION = "archive purge clocks ";

  /** What PostgreSQL leaves of it behind the fingerprint: a prefix is ASCII. */
  private static final int PREFIX_SHOWN = 63 - SESSION.length() - 9;

  private static final String NAMES =
      """
      SELECT application_name, extract(epoch FROM clock_timestamp() - greatest(query_start, state_change))::float8
      FROM pg_stat_activity WHERE datname = current_database() AND starts_with(application_name, ?)
      """;

  private PurgeWorkers() {}

  /**
   * The application name of that session: the fingerprint of the policy that the worker was started
   * with, installation and worker. PostgreSQL cuts it to 63 bytes.
   */
  public static String session(Settings settings) {
    return SESSION
        + settings.policy().fingerprint()
        + " "
        + settings.prefix()
        + " "
        + settings.purge().worker();
  }

  /**
   * The policies' fingerprints of the installation's workers, one each.
   *
   * @param hot a session whose role sees the purger's sessions
   */
  public static List<String> policies(Connection hot, String prefix) throws SQLException {
    return list(hot, prefix).stream().map(Worker::policy).toList();
  }

  /**
   * A worker that is connected.
   *
   * @param policy the fingerprint of the policy that it was started with
   * @param silentSeconds since it last asked hot for the time; null: the role may not see it
   */
  public record Worker(String policy, @Nullable Double silentSeconds) {}

  /** The installation's workers; its session's role must be theirs to see how silent they are. */
  public static List<Worker> list(Connection hot, String prefix) throws SQLException {
    String shown = prefix.substring(0, Math.min(prefix.length(), PREFIX_SHOWN));
    List<Worker> workers = new ArrayList<>();
    try (PreparedStatement query = hot.prepareStatement(NAMES)) {
      query.setString(1, SESSION);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          String[] told = rows.getString(1).substring(SESSION.length()).split(" ", 3);
          if (told.length > 1 && told[1].equals(shown)) {
            double silent = rows.getDouble(2);
            workers.add(new Worker(told[0], rows.wasNull() ? null : silent));
          }
        }
      }
    }
    return workers;
  }
}
