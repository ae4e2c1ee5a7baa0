package io.valmed.archive.cli.service;

import io.valmed.archive.cli.common.ExitCode;
import io.valmed.archive.databases.hold.PurgeHolds;
import io.valmed.archive.operations.hold.OpenHold;
import io.valmed.archive.runtime.settings.Settings;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends the holds that a person names, and no other: whoever has looked into one of them has not
 * looked into the rest.
 */
final class HoldRelease {
  private final PurgeHolds holds;
  private final PrintWriter out;
  private final String who;

  HoldRelease(Settings settings, PrintWriter out, String who) {
    this.holds = new PurgeHolds(settings);
    this.out = out;
    this.who = who;
  }

  /** Shows what is open, each with the command that ends it. */
  int ask() throws SQLException {
    List<OpenHold> open = OpenHold.of(holds.open());
    if (open.isEmpty()) {
      out.println("no hold is open: purging goes on");
      return ExitCode.OK;
    }
    open.forEach(hold -> out.println(hold.line()));
    out.println("Nothing was released. Say which, one by one:");
    open.forEach(hold -> out.println("  " + hold.command()));
    return ExitCode.CHECK_FAILED;
  }

  /**
   * Ends those holds, all that are found.
   *
   * @param table the table whose holds are meant; null: none
   */
  int release(List<String> names, @Nullable String table) throws SQLException {
    List<OpenHold> open = OpenHold.of(holds.open());
    List<OpenHold> meant = new ArrayList<>();
    boolean all = true;
    for (String name : names) {
      List<OpenHold> found = open.stream().filter(hold -> hold.named(name)).toList();
      if (found.isEmpty()) {
        out.println("no open hold is called " + name + "; see './archive purge status'");
        all = false;
      }
      meant.addAll(found);
    }
    open.stream().filter(hold -> hold.scope().equals(table)).forEach(meant::add);
    if (table != null && meant.isEmpty()) {
      out.println("no hold of table " + table + " is open; see './archive purge status'");
      all = false;
    }
    for (OpenHold hold : meant) {
      if (hold.isAlarm()) {
        out.println(hold.name() + " is an alarm: run '" + hold.command() + "' instead");
        all = false;
      } else {
        int unused = holds.release(hold.rows(), who);
        out.println("released  " + hold.line());
      }
    }
    List<OpenHold> left = OpenHold.of(holds.open());
    left.forEach(hold -> out.println(hold.line()));
    out.println(left.isEmpty() ? "purging goes on" : left.size() + " hold(s) are open");
    return all ? ExitCode.OK : ExitCode.CHECK_FAILED;
  }
}
