package io.valmed.archive.purge.maintain;

import java.sql.SQLException;

/** The clocks that a purge depends on, and the hold that it sets when they cannot be trusted. */
public interface Clocks extends AutoCloseable {

  /** Hot's clock, by which the age of a row is judged. */
  ClockReading hot() throws SQLException;

  /** The archive's clock. */
  ClockReading archive() throws SQLException;

  /** This machine's clock. */
  ClockReading worker();

  /** Stands in a reason for the hold's own name. */
  String HOLD_NAME = "{hold}";

  /** Holds purging of everything for this reason, unless this worker holds it so already. */
  void hold(Doubt doubt, String reason) throws SQLException;

  /** Releases this worker's holds of that kind. */
  void release(Doubt doubt) throws SQLException;

  /** Whether a hold of this worker of that kind is open: a person may have released it. */
  boolean held(Doubt doubt) throws SQLException;

  @Override
  void close();

  /** Why a clock cannot be trusted. */
  enum Doubt {
    /** Clocks differ; passes by itself. */
    SKEW("purge-clock-skew"),
    /** Hot's clock was set: by how much rows seem older than they are no clock tells any more. */
    JUMP("purge-clock-jump");

    private final String word;

    Doubt(String word) {
      this.word = word;
    }

    /** Who holds, in {@code arc.purge_hold}. */
    public String word() {
      return word;
    }
  }
}
