package io.valmed.archive.provisioning.grant;

import io.valmed.archive.model.Sql;
import io.valmed.archive.provisioning.step.Step;
import io.valmed.archive.provisioning.step.StepKind;
import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.jdbc.Query;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The roles that services log in with. One that was there before keeps its password. */
public final class LoginRoles {

  private final Query catalog;

  public LoginRoles(Query catalog) {
    this.catalog = catalog;
  }

  /**
   * What the role needs.
   *
   * @param replication whether it reads a replication slot
   */
  public List<Step> steps(DatabaseLogin login, boolean replication) throws SQLException {
    mustHavePassword(login);
    List<Step> steps = new ArrayList<>();
    String role = Sql.identifier(login.user());
    boolean exists = catalog.roleExists(login.user());
    if (!exists || ours(login)) {
      steps.add(creation(login, replication, exists));
    }
    if (exists && ours(login)) {
      String sql = "ALTER ROLE " + role + " PASSWORD " + Step.SECRET;
      steps.add(Step.of(StepKind.PASSWORD, login.user(), sql, null, opens(login)).with(login));
    }
    if (exists) {
      steps.add(attribute(login, "LOGIN", "rolcanlogin"));
      if (replication) {
        steps.add(attribute(login, "REPLICATION", "rolreplication"));
      }
    }
    return steps;
  }

  private static Step creation(DatabaseLogin login, boolean replication, boolean done) {
    String role = Sql.identifier(login.user());
    boolean password = login.passwordFile() != null;
    String sql =
        "CREATE ROLE "
            + role
            + " LOGIN"
            + (replication ? " REPLICATION" : "")
            + (password ? " PASSWORD " + Step.SECRET : "");
    return Step.of(StepKind.ROLE, login.user(), sql, "DROP ROLE " + role, done)
        .with(password ? login : null);
  }

  private Step attribute(DatabaseLogin login, String word, String column) throws SQLException {
    String role = Sql.identifier(login.user());
    boolean done =
        catalog.holds(
            "SELECT " + column + " OR rolsuper AND ? <> 'LOGIN' FROM pg_roles WHERE rolname = ?",
            word,
            login.user());
    return Step.of(
        StepKind.ROLE,
        login.user() + " " + word,
        "ALTER ROLE " + role + " " + word,
        "ALTER ROLE " + role + " NO" + word,
        done);
  }

  private boolean ours(DatabaseLogin login) throws SQLException {
    return catalog.holds("SELECT to_regclass('arc.provisioned') IS NOT NULL")
        && catalog.holds(
            "SELECT true FROM arc.provisioned WHERE kind = ? AND name = ?",
            StepKind.ROLE.word(),
            login.user());
  }

  private static boolean opens(DatabaseLogin login) throws SQLException {
    if (login.passwordFile() == null) {
      return true;
    }
    try (Connection connection = login.connect("archive provision")) {
      return connection.isValid(5);
    } catch (SQLException e) {
      // Not known, so nothing is changed.
      return true;
    } catch (StopException e) {
      return !(e.getCause() instanceof SQLException refused
          && SqlState.INVALID_PASSWORD.equals(refused.getSQLState()));
    }
  }

  private static void mustHavePassword(DatabaseLogin login) {
    if (login.passwordFile() != null && login.password().isBlank()) {
      throw new StopException(
          "The password file %s of database role %s is empty; write a password into its first line."
              .formatted(login.passwordFile(), login.user()));
    }
  }
}
