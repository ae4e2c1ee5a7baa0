package io.valmed.archive.purge.page;

import io.valmed.archive.databases.cold.ColdCursor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which roots a transaction is to look at. */
public sealed interface PageRequest {

  /**
   * The next cold roots in the order of age and key.
   *
   * @param after where the last page ended; null: begin with the oldest
   * @param roots at most that many
   */
  record Next(@Nullable ColdCursor after, int roots) implements PageRequest {}

  /**
   * These roots, as far as they are still there, settled and cold.
   *
   * @param keys their keys in text form
   */
  record These(List<List<String>> keys) implements PageRequest {}
}
