package io.valmed.archive.operations.repair;

import io.valmed.archive.model.TableId;
import java.util.List;
import java.util.Map;

/**
 * What a repair has done.
 *
 * @param caughtUp whether the archive had everything that hot had committed: else nothing is
 *     repaired, since the departures may be on their way
 * @param journalPages pages that the journal lacked and has again
 * @param repaired rows that were moved from the mirror to the cold store, per table
 * @param left what could not be
 * @param released tables whose hold has ended
 */
public record RepairResult(
    boolean caughtUp,
    int journalPages,
    Map<TableId, Long> repaired,
    List<Left> left,
    List<String> released) {

  public RepairResult {
    repaired = Map.copyOf(repaired);
    left = List.copyOf(left);
    released = List.copyOf(released);
  }

  /** Why rows are not repaired. */
  public enum Reason {
    IN_HOT(
        "are in hot: the page was lost in a failover, or the rows were put back; restart the purge, which asks hot what became of its pages"),
    OTHER_SERVER(
        "were in another hot server than this one, which cannot tell whether they are gone; compare by hand"),
    NO_IMAGE(
        "are neither in hot nor in the mirror with the content that was proven; look for them with './archive quarantine list' and in a backup"),
    NO_TABLE("are of a table that hot or the archive does not have any more; compare by hand");

    private final String sentence;

    Reason(String sentence) {
      this.sentence = sentence;
    }

    /** What is so, and what to do; follows "rows". */
    public String sentence() {
      return sentence;
    }
  }

  /**
   * Rows of one page that stay without a witness.
   *
   * @param page the journal page
   * @param table their table
   * @param rows how many
   * @param reason why
   */
  public record Left(long page, TableId table, long rows, Reason reason) {}
}
