package io.valmed.archive.purge;

import static org.assertj.core.api.Assertions.assertThat;

import io.valmed.archive.purge.page.HotPages;
import io.valmed.archive.purge.page.Journal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a hot database cannot have a page's commit. */
class ReachedTest {
  private static final Journal.OpenPage PAGE =
      new Journal.OpenPage(1, "public.orders", "7/00000001", 50, 1000, 3);

  @ParameterizedTest(name = "{4}")
  @CsvSource({
    "1000, 2000, 51, false, its own was the newest commit",
    "1500, 2000, 90, false, others came after it",
    "0, 2000, 51, false, an origin made anew tells nothing",
    "999, 2000, 90, true, the origin is behind it though number and WAL were used again",
    "0, 999, 90, true, WAL does not go so far",
    "0, 2000, 50, true, its number has not been used",
  })
  void by_origin_wal_and_number(
      long progress, long lsn, long nextXid, boolean lacks, String because) {
    assertThat(new HotPages.Reached(progress, lsn, nextXid).lacks(PAGE))
        .as(because)
        .isEqualTo(lacks);
  }

  @ParameterizedTest
  @CsvSource({"-16, false", "1000, true"})
  void positions_have_no_sign(long progress, boolean lacks) {
    Journal.OpenPage far = new Journal.OpenPage(1, "public.orders", "7/00000001", 50, -32, 3);

    assertThat(new HotPages.Reached(progress, -1, 51).lacks(far)).isEqualTo(lacks);
  }
}
