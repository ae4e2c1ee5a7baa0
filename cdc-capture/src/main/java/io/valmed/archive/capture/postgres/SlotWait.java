package io.valmed.archive.capture.postgres;

import io.valmed.archive.runtime.DatabaseLogin;
import io.valmed.archive.runtime.Reminder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** While a slot is being created, says which transaction of hot that waits for. */
final class SlotWait {
  private static final Logger log = LoggerFactory.getLogger(SlotWait.class);
  private static final long EVERY_SECONDS = 10;
  private static final String OLDEST =
      """
      SELECT pid, usename, application_name, extract(epoch FROM clock_timestamp() - xact_start)::int
      FROM pg_stat_activity
      WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
      ORDER BY xact_start LIMIT 1
      """;

  private final ScheduledExecutorService timer;

  private SlotWait(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  static SlotWait watch(DatabaseLogin hot, String slot) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "slot-wait");
              thread.setDaemon(true);
              return thread;
            });
    Reminder waits = new Reminder(System::nanoTime);
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(
            () -> report(hot, slot, waits), EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    return new SlotWait(timer);
  }

  private static void report(DatabaseLogin hot, String slot, Reminder waits) {
    try (Connection connection = HotSession.open(hot, "valmed-archive capture");
        PreparedStatement query = connection.prepareStatement(OLDEST);
        ResultSet rows = query.executeQuery()) {
      if (rows.next() && waits.due("process " + rows.getInt(1))) {
        log.warn(
            "the creation of slot {} waits for the transaction of process {} ({}, {}), open for"
                + " {} s",
            slot,
            rows.getInt(1),
            rows.getString(2),
            rows.getString(3),
            rows.getInt(4));
      }
    } catch (SQLException e) {
      log.debug("what the creation of a slot waits for could not be asked", e);
    }
  }

  void stop() {
    timer.shutdownNow();
  }
}
