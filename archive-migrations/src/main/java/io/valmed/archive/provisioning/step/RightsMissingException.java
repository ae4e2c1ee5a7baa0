package io.valmed.archive.provisioning.step;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.util.List;
import java.util.stream.Collectors;

/** The role that provisions may not do all that is to be done; tells every right at once. */
public final class RightsMissingException extends StopException {
  private static final long serialVersionUID = 1L;

  private RightsMissingException(String database, DatabaseLogin role, List<MissingRight> rights) {
    super(
        "Role %s may not do all that is to be done in the %s database, so nothing was begun; let a superuser run there, then run this again:%s"
            .formatted(
                role.user(),
                database,
                rights.stream().map(right -> "\n  " + right).collect(Collectors.joining())));
  }

  /**
   * Goes on when no right is missing.
   *
   * @param database {@code hot} or {@code archive}
   * @param role who provisions
   * @throws RightsMissingException with all that are
   */
  public static void unlessNone(String database, DatabaseLogin role, List<MissingRight> rights) {
    if (!rights.isEmpty()) {
      throw new RightsMissingException(database, role, rights);
    }
  }
}
