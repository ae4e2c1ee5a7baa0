package io.valmed.archive.databases.archive;

import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the comparison of a table is.
 *
 * @param begunAt when it began, by the archive's clock; no other of this table did then
 * @param shape what is compared: a comparison of another shape begins anew
 * @param side whose rows are walked over
 * @param lastKey the last key that was compared there; null: none yet
 * @param counts what was found up to there
 */
public record VerificationPlace(
    OffsetDateTime begunAt,
    String shape,
    Side side,
    @Nullable List<String> lastKey,
    Counts counts) {

  /** Whose rows are walked over. */
  public enum Side {
    /** Hot's, each looked for in the archive. */
    HOT("hot"),
    /** The archive's, each looked for in hot. */
    ARCHIVE("archive");

    private final String word;

    Side(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }

    static Side of(String word) {
      return word.equals(HOT.word) ? HOT : ARCHIVE;
    }
  }

  /**
   * What was found.
   *
   * @param rows rows of hot that were compared
   * @param missing those that the archive does not have
   * @param differs those that are not equal
   * @param extra rows of the archive that hot does not have
   * @param inFlight rows that changed at every look, so that no look could tell
   */
  public record Counts(long rows, long missing, long differs, long extra, long inFlight) {

    /** Nothing yet. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0);

    /** Both together. */
    public Counts plus(Counts other) {
      return new Counts(
          rows + other.rows,
          missing + other.missing,
          differs + other.differs,
          extra + other.extra,
          inFlight + other.inFlight);
    }

    /** Rows that are wrong. */
    public long unequal() {
      return missing + differs + extra;
    }

    /** What is wrong, in words. */
    public String words() {
      return "%,d missing, %,d differ, %,d extra".formatted(missing, differs, extra);
    }
  }

  /** The same comparison, further on. */
  public VerificationPlace at(Side nextSide, @Nullable List<String> key, Counts found) {
    return new VerificationPlace(begunAt, shape, nextSide, key, counts.plus(found));
  }
}
