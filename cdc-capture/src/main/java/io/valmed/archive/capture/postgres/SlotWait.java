package io.valmed.archive.capture.postgres;

import io.valmed.archive.runtime.Reminder;
import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * While a slot is being created, says how long that has taken and which transaction of hot it waits
 * for: every one that was open when it began has to end, prepared ones too.
 */
final class SlotWait {
  private static final Logger log = LoggerFactory.getLogger(SlotWait.class);
  private static final long FIRST_SECONDS = 3;
  private static final long EVERY_SECONDS = 10;

  /** Of other roles' sessions hot tells neither since when nor what they do. */
  private static final String OLDEST =
      """
      SELECT what FROM (
        SELECT backend_xid AS xid, format('the transaction of process %s (user %s, application %s); end it there, or with SELECT pg_terminate_backend(%1$s)',
            pid, usename, coalesce(nullif(application_name, ''), 'without a name')) AS what
        FROM pg_stat_activity
        WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
        UNION ALL
        SELECT transaction, format('the prepared transaction %L of database %s (user %s, since %s); end it there with COMMIT PREPARED or ROLLBACK PREPARED',
            gid, database, owner, date_trunc('second', prepared))
        FROM pg_prepared_xacts
      ) AS open
      ORDER BY age(xid) DESC LIMIT 1
      """;

  private final DatabaseLogin hot;
  private final String slot;
  private final Reminder reminder = new Reminder(System::nanoTime);
  private final long begunNanos = System.nanoTime();
  private final ScheduledExecutorService timer;

  private SlotWait(DatabaseLogin hot, String slot) {
    this.hot = hot;
    this.slot = slot;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "slot-wait");
              thread.setDaemon(true);
              return thread;
            });
  }

  static SlotWait watch(DatabaseLogin hot, String slot) {
    SlotWait wait = new SlotWait(hot, slot);
    ScheduledFuture<?> unused =
        wait.timer.scheduleWithFixedDelay(
            wait::report, FIRST_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    return wait;
  }

  private void report() {
    try (Connection connection = HotSession.open(hot, "valmed-archive capture")) {
      @Nullable String waitsFor = oldest(connection);
      if (waitsFor != null && reminder.due(waitsFor)) {
        log.warn(
            "the creation of slot {} has waited {} s, now for {}",
            slot,
            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begunNanos),
            waitsFor);
      }
    } catch (SQLException e) {
      log.debug("what the creation of a slot waits for could not be asked", e);
    }
  }

  /** The oldest open transaction of hot, for people; null: none is open. */
  private static @Nullable String oldest(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(OLDEST);
        ResultSet row = query.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }

  void stop() {
    timer.shutdownNow();
  }
}
