package io.valmed.archive.purge.lane;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Sessions that are closed again if opening does not come to its end. */
public final class OpenedSessions implements AutoCloseable {
  private final List<Runnable> all = new ArrayList<>();

  public LaneSessions keep(LaneSessions sessions) {
    all.add(sessions.release());
    return sessions;
  }

  public Connection keep(Connection connection) {
    all.add(() -> shut(connection));
    return connection;
  }

  public void handOver() {
    all.clear();
  }

  @Override
  public void close() {
    all.forEach(Runnable::run);
  }

  public static void shut(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // The server ends the session, or has done so.
    }
  }
}
