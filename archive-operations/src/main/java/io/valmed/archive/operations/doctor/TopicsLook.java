package io.valmed.archive.operations.doctor;

import io.valmed.archive.runtime.settings.Settings;
import java.sql.SQLException;

/** Whether the topics are of the settings' installation: capture knows how to tell. */
@FunctionalInterface
public interface TopicsLook {
  /**
   * Compares them.
   *
   * @throws io.valmed.archive.runtime.StopException when they are another's, with the reason
   * @throws SQLException when hot cannot be asked
   */
  void compare(Settings settings) throws SQLException;
}
