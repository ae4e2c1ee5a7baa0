package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.count.PurgeCounts;
import io.valmed.archive.purge.page.Kept;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Keys that are equal by the collation of one database and not by that of the other: a row is
 * proven by its own copy, to the letter, or stays.
 */
class CollationsThatDifferTest {
  private static final TableId ROOTS = TableId.parse("public.r");
  private static final TableId CHILDREN = TableId.parse("public.c");

  private static final String COLLATIONS =
      """
      CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE COLLATION anyaccent (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
      """;

  /**
   * Hot has old and young roots, each with a child of the same key; the archive's key columns get
   * that collation once its rows are those of hot, as far as the statement leaves them.
   */
  @ParameterizedTest
  @Timeout(60)
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // Equal to the letter, whatever either database takes for equal.
        "anycase   | \"C\"     | smith | jones | -                                                     | jones",
        "anycase   | anyaccent | smith | jones | -                                                     | jones",
        "\"C\"       | anycase   | smith | jones | -                                                     | jones",
        // The archive's copy is another row's, or was written otherwise.
        "anycase   | \"C\"     | smith | jones | UPDATE r SET k = 'SMITH' WHERE k = 'smith'            | jones smith",
        "anycase   | \"C\"     | smith | jones | UPDATE c SET id = 'SMITH' WHERE id = 'smith'          | jones smith",
        "anycase   | anycase   | smith | jones | UPDATE r SET k = 'SMITH' WHERE k = 'smith'            | jones smith",
        "anyaccent | anycase   | smith | jones | UPDATE c SET r_k = 'SMITH' WHERE r_k = 'smith'        | jones smith",
        // Two rows of hot that are one to the archive, which has either.
        "\"C\"       | anycase   | smith | SMITH | DELETE FROM r WHERE k = 'SMITH'; DELETE FROM c WHERE id = 'SMITH' | SMITH",
        "\"C\"       | anycase   | smith | SMITH | DELETE FROM r WHERE k = 'smith'; DELETE FROM c WHERE id = 'smith' | SMITH smith",
        "\"C\"       | anycase   | smith | SMITH | DELETE FROM r WHERE k = 'SMITH'; DELETE FROM c WHERE id = 'smith' | SMITH smith"
      })
  void a_row_is_proven_by_its_own_copy_or_stays(
      String inHot,
      String inArchive,
      String old,
      String young,
      @Nullable String archived,
      String left)
      throws Exception {
    PurgeScene scene =
        PurgeScene.of(
            (COLLATIONS
                    + """
                    CREATE TABLE r (k text COLLATE %1$s PRIMARY KEY, at date);
                    CREATE TABLE c (id text COLLATE %1$s PRIMARY KEY, r_k text COLLATE %1$s NOT NULL REFERENCES r);
                    CREATE INDEX ON c (r_k);
                    INSERT INTO r VALUES ('%2$s', '2020-01-01'), ('%3$s', now());
                    INSERT INTO c VALUES ('%2$s', '%2$s'), ('%3$s', '%3$s')
                    """)
                .formatted(inHot, old, young),
            policy());
    scene.mirrored();
    scene.archive.run(COLLATIONS + (archived == null ? "" : archived));
    scene.archive.run(
        "ALTER TABLE r ALTER k TYPE text COLLATE %1$s; ALTER TABLE c ALTER id TYPE text COLLATE %1$s, ALTER r_k TYPE text COLLATE %1$s"
            .formatted(inArchive));

    List<String> expected = List.of(left.split(" "));
    PurgeCounts counts;
    try (PurgeService service =
        PurgeService.start(scene.settings().make(), new PurgeOptions(true))) {
      if (expected.contains(old)) {
        PurgeScene.await(() -> kept(service, true) == 1);
        scene.caughtUp();
      }
      PurgeScene.await(() -> service.state().ended());
      counts = service.counts();
      assertThat(kept(service, false)).isEqualTo(expected.contains(old) ? 1 : 0);
    }

    assertThat(scene.hot.list("SELECT k COLLATE \"C\" FROM r ORDER BY 1"))
        .as("%s", counts.roots())
        .isEqualTo(expected);
    assertThat(scene.hot.list("SELECT id COLLATE \"C\" FROM c ORDER BY 1")).isEqualTo(expected);
    assertThat(scene.archive.count("arc.purge_page WHERE outcome = 'committed'"))
        .isEqualTo(expected.contains(old) ? 0 : 1);
  }

  /** Aggregates that stay: for now, or for good. */
  private static long kept(PurgeService service, boolean forNow) {
    PurgeCounts counts = service.counts();
    return forNow
        ? PurgeScene.kept(counts, Kept.NOT_ARCHIVED_YET)
            + PurgeScene.kept(counts, Kept.DIFFERS_FOR_NOW)
        : PurgeScene.kept(counts, Kept.MISSING) + PurgeScene.kept(counts, Kept.DIFFERS);
  }

  private static Policy policy() {
    ChildTable children = new ChildTable(CHILDREN, List.of("r_k"), null, List.of());
    return new Policy(
        List.of(new RootTable(ROOTS, "at", null, Duration.ofDays(90), List.of(children))),
        List.of(),
        ZoneOffset.UTC);
  }
}
