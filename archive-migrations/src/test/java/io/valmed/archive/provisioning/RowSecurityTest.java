package io.valmed.archive.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.catalog.TestDatabase;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.provisioning.check.PolicyCheck;
import io.valmed.archive.provisioning.check.PolicyProblem;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Row security is accepted where capture and purge see all rows, and nowhere else. */
class RowSecurityTest {
  private static final Policy POLICY =
      new Policy(
          List.of(
              new RootTable(
                  TableId.parse("public.secured"), "at", null, Duration.ofDays(90), List.of())),
          List.of(),
          ZoneOffset.UTC);

  private static TestDatabase hot;

  @BeforeAll
  static void table() throws SQLException {
    hot = TestDatabase.hot();
    hot.run(
        """
        CREATE TABLE secured (id int PRIMARY KEY, at timestamp);
        ALTER TABLE secured ENABLE ROW LEVEL SECURITY
        """);
  }

  /** A member of a role with BYPASSRLS does not have it; an owner has, unless it is forced. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                                                                               | check_capture and check_purger
          ALTER ROLE check_capture BYPASSRLS                                    | check_purger
          ALTER ROLE check_purger BYPASSRLS                                     | check_capture
          ALTER ROLE check_capture BYPASSRLS; ALTER ROLE check_purger SUPERUSER |
          GRANT check_seer TO check_capture, check_purger                       | check_capture and check_purger
          ALTER TABLE secured OWNER TO check_owner                              |
          ALTER TABLE secured OWNER TO check_owner; ALTER TABLE secured FORCE ROW LEVEL SECURITY | check_capture and check_purger
          ALTER TABLE secured DISABLE ROW LEVEL SECURITY                        |
          """)
  void row_security_is_refused_unless_both_readers_see_all_rows(
      @Nullable String rights, @Nullable String hiddenFrom) throws SQLException {
    hot.run(
        """
        CREATE ROLE check_seer BYPASSRLS; CREATE ROLE check_owner; CREATE ROLE check_capture; CREATE ROLE check_purger;
        GRANT check_owner TO check_capture, check_purger;
        """
            + (rights == null ? "" : rights));
    try {
      List<PolicyProblem> problems = check(POLICY);

      List<PolicyProblem> errors = problems.stream().filter(PolicyProblem::isError).toList();
      if (hiddenFrom == null) {
        assertThat(errors).isEmpty();
      } else {
        assertThat(errors)
            .singleElement()
            .satisfies(
                p -> {
                  assertThat(p.problem())
                      .isEqualTo(
                          "public.secured has row-level security, which would hide rows from "
                              + hiddenFrom);
                  assertThat(p.fix())
                      .contains("ALTER ROLE " + hiddenFrom.split(" ")[0] + " BYPASSRLS");
                });
      }
    } finally {
      hot.run(
          """
          ALTER TABLE secured NO FORCE ROW LEVEL SECURITY; ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
          REASSIGN OWNED BY check_owner TO CURRENT_USER;
          DROP ROLE check_seer, check_owner, check_capture, check_purger
          """);
    }
  }

  @Test
  void row_security_warns_of_roles_that_are_still_to_be_made() throws SQLException {
    assertThat(check(POLICY))
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.isError()).isFalse();
              assertThat(p.fix()).contains("'ALTER ROLE check_capture BYPASSRLS' and 'ALTER ROLE");
            });
  }

  private static List<PolicyProblem> check(Policy policy) throws SQLException {
    try (Connection connection = hot.superuser().connect("test")) {
      return new PolicyCheck(
              policy, new TopicNames("test"), List.of("check_capture", "check_purger"))
          .check(connection);
    }
  }
}
