package io.valmed.archive.capture.postgres;

import io.valmed.archive.databases.hot.FailoverReadiness;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells in the log what stands between hot and a failover without loss, when it changes. */
public final class FailoverWatch {
  private static final Logger log = LoggerFactory.getLogger(FailoverWatch.class);

  private final DatabaseLogin hot;
  private final String slot;
  private List<String> told = List.of();

  public FailoverWatch(DatabaseLogin hot, String slot) {
    this.hot = hot;
    this.slot = slot;
  }

  /** Looks at the primary. Called by one thread at a time. */
  public void look() throws SQLException {
    List<String> found;
    try (Connection connection = HotSession.open(hot, "valmed-archive capture")) {
      found = FailoverReadiness.ofPrimary(connection, slot);
    }
    List<String> before = told;
    found.stream().filter(one -> !before.contains(one)).forEach(one -> log.warn("{}", one));
    told = found;
  }
}
