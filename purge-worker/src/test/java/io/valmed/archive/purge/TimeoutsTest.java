package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.databases.compare.VerificationOptions;
import io.valmed.archive.operations.verify.Verification;
import io.valmed.archive.purge.count.PurgeCounts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Timeouts that a role or a database has are for the application. */
class TimeoutsTest {
  private static final String STRICT =
      """
      ALTER ROLE %1$s SET statement_timeout = '150ms';
      ALTER ROLE %1$s SET lock_timeout = '100ms';
      ALTER ROLE %1$s SET transaction_timeout = '150ms';
      ALTER ROLE %1$s SET idle_in_transaction_session_timeout = '50ms';
      ALTER DATABASE %1$s SET idle_session_timeout = '200ms'
      """;

  @Test
  void of_a_role_or_database_end_no_session_of_ours() throws Exception {
    PurgeScene scene = PurgeScene.valmed();
    Valmed.loadCold(scene.hot, 20);
    scene.mirrored();
    scene.caughtUp();
    scene.hot.run(STRICT.formatted(scene.name()));
    scene.archive.run(STRICT.formatted(scene.name()));

    assertThat(Verification.run(scene.settings().make(), VerificationOptions.DEFAULT).tables())
        .allMatch(table -> table.clean());
    PurgeCounts counts =
        scene.purge(scene.settings().make(), stage -> scene.hot.list("SELECT pg_sleep(0.2)"));

    assertThat(counts.total()).isEqualTo(80);
    try (Connection connection = scene.settings().make().hot().purger().connect("test");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_settings WHERE name LIKE '%\\_timeout' AND name ~ '^(statement|lock|transaction|idle)' AND setting <> '0'")) {
      row.next();
      assertThat(row.getInt(1)).isZero();
    }
  }
}
