package io.valmed.archive.capture.start;

import io.valmed.archive.model.TableId;
import java.util.HashMap;
import java.util.Map;

/**
 * What was published, in facts that differ as soon as anything of it was taken away, be it for a
 * moment. Kept with the source offset for as long as an epoch lasts.
 *
 * @param publication the publication: its oid first, then its row and its options; empty: not known
 * @param tables each table: its oid, then the oid and the row of its place in the publication, then
 *     its row filter and column list
 */
public record Published(String publication, Map<TableId, String> tables) {
  /** Of an offset that was written before these facts were kept. */
  public static final Published UNKNOWN = new Published("", Map.of());

  public Published {
    tables = Map.copyOf(tables);
  }

  /** Whether the facts were kept. */
  public boolean known() {
    return !publication.isEmpty();
  }

  /**
   * These facts, and those of now where there were none: of tables that are new. A table that left
   * the policy keeps its facts, should it come back.
   */
  public Published completedBy(Published now) {
    if (!known()) {
      return now;
    }
    Map<TableId, String> all = new HashMap<>(now.tables());
    all.putAll(tables);
    return new Published(publication, all);
  }
}
