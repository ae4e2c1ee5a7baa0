package io.valmed.archive.capture.start;

import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.StopException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds changes of what is published behind which changes of rows may be lost without a word: hot
 * tells a reader nothing of them, and decodes with what is published when it decodes.
 */
public final class PublishedGap {
  private static final String WAY_OUT =
      " Run './archive capture --new-epoch', then './archive verify' before purging goes on.";

  private PublishedGap() {}

  /**
   * Compares.
   *
   * @param publication its name
   * @param known what was published when the epoch began
   * @param now what is published now
   * @return the tables of which changes may be lost, with the sentence for people
   * @throws StopException when changes of any table may be lost
   */
  public static Map<TableId, String> of(String publication, Published known, Published now) {
    if (!known.known()) {
      return Map.of();
    }
    if (!known.publication().equals(now.publication())) {
      throw new StopException(
          (oid(known.publication()).equals(oid(now.publication()))
                      ? "The publication %s was altered in hot since the epoch began (its options, name or owner, be it for a moment): changes may be lost."
                      : "The publication %s was dropped in hot and made anew: changes in between are lost.")
                  .formatted(publication)
              + WAY_OUT);
    }
    Map<TableId, String> gaps = new TreeMap<>();
    known
        .tables()
        .forEach(
            (table, before) -> {
              // One that is missing now is told of by whoever needs it.
              if (!before.equals(now.tables().getOrDefault(table, before))) {
                gaps.put(
                    table,
                    "Table %s was taken out of the publication %s and put in again, or published with other rows or columns for a time: changes in between are lost."
                            .formatted(table, publication)
                        + WAY_OUT);
              }
            });
    return gaps;
  }

  private static String oid(String fact) {
    return fact.split(" ", 2)[0];
  }
}
