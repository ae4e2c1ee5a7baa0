package io.valmed.archive.provisioning.check;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * Whether capture's role may open a physical replication connection: with REPLICATION, which it
 * needs, that is a base backup of the whole server. A logical slot is read over a connection to its
 * database, which {@code pg_hba.conf} matches by the database's name and not by the word {@code
 * replication}.
 */
public final class PhysicalCopyCheck {
  private PhysicalCopyCheck() {}

  /** A warning where the server lets capture's role in; nothing where it does not. */
  public static List<PolicyProblem> check(DatabaseLogin capture) {
    try {
      capture
          .connect(
              "archive doctor",
              Map.of(
                  "replication", "true",
                  "preferQueryMode", "simple",
                  "assumeMinServerVersion", "10"))
          .close();
      return List.of(
          PolicyProblem.warning(
              "hot, capture",
              "role "
                  + capture.user()
                  + " may take a base backup of the whole server: pg_hba.conf lets it in for"
                  + " 'replication'",
              "remove the lines with database 'replication' that match it; capture needs only a"
                  + " line with the name of hot's database"));
    } catch (SQLException | StopException e) {
      return List.of(); // refused, as it should be; whether hot answers at all is asked elsewhere
    }
  }
}
