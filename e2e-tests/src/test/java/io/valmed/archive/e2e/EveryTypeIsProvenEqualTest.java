package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.e2e.support.Archive;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Journal;
import io.valmed.archive.e2e.support.Pipeline;
import io.valmed.archive.e2e.support.TypesWorld;
import org.junit.jupiter.api.Test;

class EveryTypeIsProvenEqualTest {
  private static final int ROWS = 14;

  @Test
  void rows_of_every_type_are_equal_by_digest_leave_hot_and_have_their_witnesses()
      throws Exception {
    TypesWorld world = new TypesWorld();
    try (Installation installation = Installation.of(world)) {
      insert(installation, world, 0, ROWS / 2);
      try (Pipeline pipeline = Pipeline.start(installation)) {
        insert(installation, world, ROWS / 2, ROWS);
        installation.inHot("UPDATE everything SET note = 'streamed' WHERE id % 3 = 0");
        pipeline.awaitArchived();
        Archive.succeed(installation.settingsFile(), "verify");

        Archive.succeed(installation.settingsFile(), "purge", "--once");

        pipeline.awaitArchived();
        assertThat(installation.countInHot("SELECT count(*) FROM everything")).isZero();
        assertThat(installation.departed(world.table(), "purged")).isEqualTo(ROWS);
        Journal.everyPurgedRowIsWitnessed(installation);
      }
    }
  }

  private static void insert(Installation installation, TypesWorld world, int from, int to)
      throws Exception {
    StringBuilder sql = new StringBuilder();
    for (int id = from; id < to; id++) {
      sql.append(world.insert(id));
    }
    installation.inHot(sql.toString());
  }
}
