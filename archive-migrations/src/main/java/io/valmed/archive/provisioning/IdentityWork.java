package io.valmed.archive.provisioning;

import java.sql.SQLException;
import java.util.List;

/** What is to be written of the installation's identity. */
interface IdentityWork {
  /** Nothing to compare, nothing to write. */
  IdentityWork NONE =
      new IdentityWork() {
        @Override
        public List<PlannedStep> planned() {
          return List.of();
        }

        @Override
        public void write() {}
      };

  /** What {@link #write} would change; empty: all is as it should be. */
  List<PlannedStep> planned();

  /** Writes it. */
  void write() throws SQLException;
}
