package io.valmed.archive.purge;

import io.valmed.archive.databases.witness.JournalFill;
import io.valmed.archive.purge.lane.OpenedSessions;
import io.valmed.archive.purge.maintain.Clocks;
import java.sql.Connection;

/**
 * What is looked at beside the pages, in sessions of its own.
 *
 * @param clocks the databases' clocks
 * @param archive the archive, for witnesses
 * @param journal fills the journal again
 */
record LooksBeside(Clocks clocks, Connection archive, JournalFill journal) {
  void close() {
    clocks.close();
    OpenedSessions.shut(archive);
  }
}
