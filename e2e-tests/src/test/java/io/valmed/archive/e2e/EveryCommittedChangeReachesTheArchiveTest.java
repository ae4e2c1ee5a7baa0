package io.valmed.archive.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.e2e.support.Findings;
import io.valmed.archive.e2e.support.Installation;
import io.valmed.archive.e2e.support.Ledger;
import io.valmed.archive.e2e.support.Oracle;
import io.valmed.archive.e2e.support.Pipeline;
import io.valmed.archive.e2e.support.Traffic;
import io.valmed.archive.e2e.support.ValMedWorld;
import io.valmed.archive.e2e.support.WardWorld;
import io.valmed.archive.e2e.support.World;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EveryCommittedChangeReachesTheArchiveTest {

  static Stream<World> worlds() {
    return Stream.of(new ValMedWorld(), new WardWorld());
  }

  @ParameterizedTest
  @MethodSource("worlds")
  void the_archive_equals_hot_and_keeps_every_departure_while_writes_go_on(World world)
      throws Exception {
    Ledger ledger = new Ledger();
    try (Installation installation = Installation.of(world)) {
      Traffic.write(installation, new Ledger(), 60, 7L);
      try (Pipeline pipeline = Pipeline.start(installation);
          Traffic traffic = Traffic.start(installation, ledger, new Traffic.Pace(6, 3, 300), 11L)) {
        Thread.sleep(6_000);
        traffic.stop();
        pipeline.awaitArchived();
      }

      assertThat(ledger.changes()).isGreaterThan(1_000);
      Oracle oracle = new Oracle(installation, ledger);
      oracle.everyCommittedRowIsKept();
      oracle.everyChangeStandsOnceInItsTopic();
    }
  }

  /** Who judges is judged: each kind of fault is made by hand. */
  @Test
  void the_oracle_finds_what_is_lost_doubled_disordered_or_unproven() throws Exception {
    Ledger ledger = new Ledger();
    try (Installation installation = Installation.of(new ValMedWorld());
        Pipeline pipeline = Pipeline.start(installation)) {
      Traffic.write(installation, ledger, 100, 5L);
      pipeline.awaitArchived();
      new Oracle(installation, ledger).everyCommittedRowIsKept();
      pipeline.stopSink();

      installation.inArchive(
          "DELETE FROM drugs WHERE id = (SELECT min(id::text)::uuid FROM drugs)");
      assertThat(rows(installation, ledger).lost()).hasSize(1);
      installation.inArchive(
          "UPDATE users SET email = 'x' WHERE id = (SELECT min(id::text)::uuid FROM users)");
      assertThat(rows(installation, ledger).lost()).hasSize(2);
      installation.inArchive(
          """
          INSERT INTO public_cold.drug_transfers SELECT (jsonb_populate_record(c, '{"arc_lsn": "1/1"}')).*
          FROM public_cold.drug_transfers c LIMIT 1
          """);
      assertThat(rows(installation, ledger).twice()).hasSize(1);
      installation.inArchive(
          """
          UPDATE public_cold.drug_transfers SET arc_cause = 'purged'
          WHERE (id, arc_lsn) = (SELECT id, arc_lsn FROM public_cold.drug_transfers ORDER BY 1, 2 LIMIT 1)
          """);
      assertThat(rows(installation, ledger).unproven()).isNotEmpty();
      installation.inHot("UPDATE drug_transfers SET quantity = 99");
      assertThat(rows(installation, ledger).lost()).hasSizeGreaterThan(3);

      Findings topics = topicsAgainstWhatNeverHappened(installation, ledger);
      assertThat(topics.disordered()).hasSize(1);
      assertThat(topics.lost()).hasSize(1);
    }
  }

  private static Findings topicsAgainstWhatNeverHappened(Installation installation, Ledger ledger)
      throws Exception {
    List<List<Ledger.Entry>> rows = List.copyOf(ledger.history().values());
    List<Ledger.Entry> one =
        rows.stream().filter(entries -> entries.size() == 1).findFirst().orElseThrow();
    List<Ledger.Entry> reversed =
        new ArrayList<>(
            rows.stream().filter(entries -> entries.size() > 2).findFirst().orElseThrow());
    Collections.reverse(reversed);
    Ledger told = new Ledger();
    told.committed(reversed);
    told.committed(one);
    told.committed(one);
    Oracle oracle = new Oracle(installation, told);
    oracle.judgeTopics();
    return oracle.findings();
  }

  private static Findings rows(Installation installation, Ledger ledger) throws SQLException {
    Oracle oracle = new Oracle(installation, ledger);
    oracle.judgeRows();
    oracle.judgeJournal();
    return oracle.findings();
  }
}
