package io.valmed.archive.provisioning.step;

import java.sql.SQLException;
import java.util.List;

/** What is to be written of the installation's identity. */
public interface IdentityWork {
  /** Nothing to compare, nothing to write. */
  IdentityWork NONE =
      new IdentityWork() {
        @Override
        public List<PlannedStep> planned() {
          return List.of();
        }

        @Override
        public void write() {}

        @Override
        public Elsewhere elsewhere() {
          return Elsewhere.NONE;
        }
      };

  /** What another database is to know: written, and not committed yet. */
  interface Elsewhere extends AutoCloseable {
    /** Nothing. */
    Elsewhere NONE =
        new Elsewhere() {
          @Override
          public void commit() {}

          @Override
          public void close() {}
        };

    /** Commits it, once this database has committed what belongs to it. */
    void commit() throws SQLException;

    /** Takes back what was not committed. */
    @Override
    void close() throws SQLException;
  }

  /** What {@link #write} would change; empty: all is as it should be. */
  List<PlannedStep> planned();

  /** Writes it, in the transaction of the connection that was compared. */
  void write() throws SQLException;

  /** Writes what another database is to know, in a transaction of its own. */
  Elsewhere elsewhere() throws SQLException;
}
