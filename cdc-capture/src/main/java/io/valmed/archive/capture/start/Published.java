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
 * @param shapes what each table is: {@link Shape}
 */
public record Published(
    String publication, Map<TableId, String> tables, Map<TableId, String> shapes) {
  /** Of an offset that was written before these facts were kept. */
  public static final Published UNKNOWN = new Published("", Map.of(), Map.of());

  public Published {
    tables = Map.copyOf(tables);
    shapes = Map.copyOf(shapes);
  }

  /** Whether the facts were kept. */
  public boolean known() {
    return !publication.isEmpty();
  }

  /**
   * These facts after a look, and those of now where there were none: of tables that are new. A
   * table that left the policy keeps its facts, should it come back. What is published is that of
   * the epoch's begin; what the tables are is that of the look, for it may change.
   */
  public Published followedBy(Published now) {
    if (!known()) {
      return now;
    }
    Map<TableId, String> all = new HashMap<>(now.tables());
    all.putAll(tables);
    return new Published(publication, all, ShapeGap.follow(shapes, now.shapes()));
  }
}
