package io.valmed.archive.cli.look;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.model.TableId;
import io.valmed.archive.operations.verify.VerificationResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is late is not told as a difference, nor as equal. */
class VerifyCommandTest {
  private static VerificationResult result(boolean caughtUp, long missing) {
    return new VerificationResult(
        caughtUp,
        List.of(
            new VerificationResult.Table(
                new TableId("public", "orders"), 10, missing, 0, 0, 0, null, List.of())),
        List.of());
  }

  @Test
  void rows_that_may_be_late_end_with_another_code_than_a_difference() {
    assertThat(VerifyCommand.code(result(true, 0))).isEqualTo(ExitCode.OK);
    assertThat(VerifyCommand.code(result(true, 1))).isEqualTo(ExitCode.CHECK_FAILED);
    assertThat(VerifyCommand.code(result(false, 1))).isEqualTo(ExitCode.STOPPED);
    assertThat(VerifyCommand.summary(result(false, 1)))
        .startsWith("Not known: the archive has not caught up")
        .doesNotContain("differ:");
    assertThat(VerifyCommand.summary(result(true, 1))).startsWith("Hot and archive differ");
  }

  @Test
  void rows_that_left_hot_without_a_word_are_told_with_the_way_to_the_cold_store() {
    assertThat(VerifyCommand.summary(extra(0)))
        .contains("nothing is lost")
        .contains("'./archive capture --new-epoch'")
        .doesNotContain("purge pause");
    assertThat(VerifyCommand.summary(extra(1))).contains("purge pause");
  }

  private static VerificationResult extra(long missing) {
    VerificationResult.Table table =
        new VerificationResult.Table(
            new TableId("public", "moves"), 20, missing, 0, 7, 0, null, List.of());
    return new VerificationResult(true, List.of(table), List.of());
  }
}
