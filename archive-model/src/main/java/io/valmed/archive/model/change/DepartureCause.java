package io.valmed.archive.model.change;

import java.util.Locale;

/** Why a row, or an image of it, left hot. */
public enum DepartureCause {
  /** Our purge deleted it, after proof; seen in the WAL under the purge's replication origin. */
  PURGED,
  /** The application deleted it. */
  DELETED,
  /** Its primary key was updated; the row lives on under another key. */
  REKEYED,
  /** It left while no slot watched; found missing after a new epoch's snapshot. */
  UNSEEN,
  /**
   * Another image stands under its key since a newer epoch, and nobody saw the change from one to
   * the other: the sink tells it, in the cold store. Or an update replaced it that hot may have
   * lost: capture tells it, in the topic.
   */
  SUPERSEDED;

  /** The word on the wire and in {@code arc_cause}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The cause of that word.
   *
   * @throws IllegalArgumentException for any other word
   */
  public static DepartureCause of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
