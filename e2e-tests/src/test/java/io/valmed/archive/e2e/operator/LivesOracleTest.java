package io.valmed.archive.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Faults made by hand: each must be found. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LivesOracleTest {
  private LocalStack stack;
  private Scene scene;
  private LivesOracle oracle;

  @BeforeAll
  void an_archive_that_has_everything() throws Exception {
    assumeThat(System.getProperty("stack", "local")).isEqualTo("local");
    stack = LocalStack.start(StackOptions.temporary());
    scene = Scene.of(Machines.shared(stack), new OneProcess(), new OperatorWorld(), 7);
    oracle = new LivesOracle(scene);
    scene.begin();
    scene.application().write(60);
    assertThat(new Person(scene).settle().noWayOut()).isEmpty();
    LivesOracle.Found before = judge();
    scene.stopServices();
    assertThat(before.none()).as(before.toString()).isTrue();
  }

  @AfterAll
  void close() throws Exception {
    if (stack != null) {
      scene.close();
      stack.close();
    }
  }

  private LivesOracle.Found judge() throws SQLException {
    return oracle.judge(List.of(), true);
  }

  @Test
  void a_row_that_is_gone_from_the_cold_store_is_found() throws Exception {
    scene
        .installation()
        .inArchive(
            "CREATE TABLE kept AS SELECT * FROM public_cold.orders; DELETE FROM public_cold.orders");

    LivesOracle.Found found = judge();

    scene.installation().inArchive("INSERT INTO public_cold.orders SELECT * FROM kept");
    assertThat(found.lost()).isNotEmpty().allMatch(line -> line.startsWith("left hot"));
  }

  @Test
  void a_row_that_is_other_in_the_mirror_is_found_and_so_is_a_verify_that_says_clean()
      throws Exception {
    scene.installation().inArchive("UPDATE public.things SET n = n + 1");

    LivesOracle.Found found = judge();

    scene.installation().inArchive("UPDATE public.things SET n = n - 1");
    assertThat(found.lost()).isNotEmpty();
    assertThat(found.untrue()).hasSize(1);
  }

  @Test
  void a_row_that_is_in_hot_and_filed_as_gone_is_found_unless_a_hold_names_its_table()
      throws Exception {
    scene
        .installation()
        .inArchive(
            "INSERT INTO public_cold.things (id, stamp, v, n, phase, arc_version, arc_epoch, arc_lsn, arc_cause, arc_age)"
                + " SELECT id, stamp, v, n, phase, arc_version, arc_epoch, '0/0', 'unseen', '-infinity' FROM public.things");

    LivesOracle.Found held = new LivesOracle(scene).judge(List.of("public.things: asks"), true);
    LivesOracle.Found found = judge();

    scene.installation().inArchive("DELETE FROM public_cold.things WHERE arc_cause = 'unseen'");
    assertThat(held.wronglyGone()).isEmpty();
    assertThat(found.wronglyGone()).isNotEmpty();
  }
}
