package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.ChildTable;
import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.purge.count.PurgeCounts;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Children that belong to their root by another equality than that of their own column: each is
 * purged with its own root, or nothing of the table is, in words.
 */
class ChildKeysOfAnotherEqualityTest {
  private static final TableId ROOTS = TableId.parse("public.r");
  private static final TableId CHILDREN = TableId.parse("public.c");

  /** The old root has the key {@code old}; the young one's is another one only to some. */
  @ParameterizedTest
  @Timeout(60)
  @CsvSource(
      delimiter = '|',
      value = {
        "text COLLATE anycase|text COLLATE anycase|smith|SMITH|jones|JONES|",
        "text|citext|smith|smith|SMITH|SMITH|",
        "citext|citext|smith|SMITH|jones|JONES|column k of type public.citext",
        "char(6)|text|ab|ab|cd|cd|",
        "char(6)|text|ab|ab    |cd|cd|",
        "numeric|bigint|1.0|1|2.0|2|",
        "numeric|numeric|1.0|1.000|2.0|2.00|",
        "bigint|integer|1|1|2|2|",
        "varchar(9)|text|ab|ab|AB|AB|"
      })
  void each_child_goes_with_its_own_root_or_the_table_is_refused_in_words(
      String rootType,
      String childType,
      String old,
      String itsChild,
      String young,
      String itsOwn,
      String refusal)
      throws Exception {
    PurgeScene scene =
        PurgeScene.of(
            """
            CREATE EXTENSION citext;
            CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            CREATE TABLE r (k %s PRIMARY KEY, at date);
            CREATE TABLE c (id int PRIMARY KEY, r_k %s NOT NULL REFERENCES r);
            CREATE INDEX ON c (r_k);
            INSERT INTO r VALUES ('%s', '2020-01-01'), ('%s', now());
            INSERT INTO c VALUES (1, '%s'), (2, '%s')
            """
                .formatted(rootType, childType, old, young, itsChild, itsOwn),
            new Policy(
                List.of(
                    new RootTable(
                        ROOTS,
                        "at",
                        null,
                        Duration.ofDays(90),
                        List.of(new ChildTable(CHILDREN, List.of("r_k"), null, List.of())))),
                List.of(),
                ZoneOffset.UTC));
    scene.mirrored();
    scene.caughtUp();

    PurgeCounts counts = scene.purge();

    List<String> left = scene.hot.list("SELECT id::text FROM c ORDER BY id");
    if (refusal == null) {
      assertThat(counts.rows()).as("%s", counts.roots()).isEqualTo(Map.of(ROOTS, 1L, CHILDREN, 1L));
      assertThat(left).containsExactly("2");
      assertThat(scene.hot.list("SELECT count(*)::text FROM r")).containsExactly("1");
    } else {
      assertThat(PurgeScene.heldBecause(counts, ROOTS)).contains(refusal);
      assertThat(left).containsExactly("1", "2");
      assertThat(scene.hot.list("SELECT count(*)::text FROM r")).containsExactly("2");
    }
  }
}
