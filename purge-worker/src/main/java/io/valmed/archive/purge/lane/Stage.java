package io.valmed.archive.purge.lane;

import java.sql.SQLException;

/** The places of a page between which a crash must do no harm. */
public enum Stage {
  /** Hot has given the locks and the digests. */
  LOCKED,
  /** The mirror has answered. */
  PROVEN,
  /** The journal has acknowledged the commit of the intent. */
  INTENDED,
  /** Holds are barred in both databases; the delete is next. */
  DELETING,
  /** Hot has deleted and counted; nothing is committed. */
  DELETED,
  /** Hot has acknowledged the commit. */
  COMMITTED,
  /** The journal has acknowledged the outcome. */
  SETTLED;

  /** Is told when a page reaches a stage; tests crash or freeze the worker there. */
  @FunctionalInterface
  public interface Listener {
    Listener NONE = stage -> {};

    void reached(Stage stage) throws SQLException;
  }
}
