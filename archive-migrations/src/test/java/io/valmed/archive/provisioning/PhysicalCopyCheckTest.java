package io.valmed.archive.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.catalog.TestDatabase;
import io.valmed.archive.catalog.TestSettings;
import io.valmed.archive.provisioning.check.PhysicalCopyCheck;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The local stack's pg_hba.conf lets every role in for replication, as initdb writes it. */
final class PhysicalCopyCheckTest {
  @Test
  void a_role_that_may_copy_the_whole_server_is_warned_of() throws Exception {
    TestDatabase hot = TestDatabase.hot();
    DatabaseLogin capture = TestSettings.role(hot, "capture");
    hot.run(
        "CREATE ROLE \"%s\" LOGIN REPLICATION PASSWORD '%s'"
            .formatted(
                capture.user(),
                Files.readString(java.util.Objects.requireNonNull(capture.passwordFile())).trim()));

    assertThat(PhysicalCopyCheck.check(capture))
        .singleElement()
        .matches(problem -> !problem.isError())
        .asString()
        .contains("role " + capture.user() + " may take a base backup", "remove the lines");
  }

  @Test
  void a_role_that_may_not_is_not() throws Exception {
    TestDatabase hot = TestDatabase.hot();
    DatabaseLogin purger = TestSettings.role(hot, "purger");
    hot.run(
        "CREATE ROLE \"%s\" LOGIN PASSWORD '%s'"
            .formatted(
                purger.user(),
                Files.readString(java.util.Objects.requireNonNull(purger.passwordFile())).trim()));

    assertThat(PhysicalCopyCheck.check(purger)).isEmpty();
  }
}
