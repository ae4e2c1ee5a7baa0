package io.valmed.archive.purge;

import java.sql.SQLException;

/** The places of a page between which a crash must do no harm. */
enum Stage {
  LOCKED,
  PROVEN,
  INTENDED,
  DELETING,
  DELETED,
  COMMITTED;

  /** Is told when a page reaches a stage; tests crash or freeze the worker there. */
  @FunctionalInterface
  interface Listener {
    Listener NONE = stage -> {};

    void reached(Stage stage) throws SQLException;
  }
}
