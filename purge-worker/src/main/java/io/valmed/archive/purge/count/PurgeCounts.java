package io.valmed.archive.purge.count;

import io.valmed.archive.model.TableId;
import io.valmed.archive.purge.page.Kept;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a purge service has come.
 *
 * @param rows purged rows per table since its start
 * @param roots per root table
 */
public record PurgeCounts(Map<TableId, Long> rows, Map<TableId, Root> roots) {

  /**
   * How far it has come with one root table.
   *
   * @param aggregates purged aggregates since the start
   * @param kept aggregates that stayed, by reason, in the newest run that got through the table
   * @param held why nothing of the table could be purged in the newest run; null: it could
   */
  public record Root(long aggregates, Map<Kept, Long> kept, @Nullable String held) {

    public Root {
      kept = Map.copyOf(kept);
    }
  }

  public PurgeCounts {
    rows = Map.copyOf(rows);
    roots = Map.copyOf(roots);
  }

  /** All purged rows. */
  public long total() {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }
}
