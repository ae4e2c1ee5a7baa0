package io.valmed.archive.purge.lane;

import java.sql.SQLException;

/** Refuses to go on. */
@FunctionalInterface
public interface PurgeCheck {
  void pass() throws SQLException;
}
