package io.valmed.archive.capture.postgres;

import io.valmed.archive.runtime.server.DatabaseLogin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One capture's right to a slot while it opens and copies: nobody reads from the slot then, so that
 * another capture would not see that it is in use, and the two would fence each other off for ever.
 * Hot ends the claim of a capture that is frozen.
 */
public final class SlotClaim implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SlotClaim.class);
  private static final long SIGN_OF_LIFE_SECONDS = 10;
  private static final String CLAIM =
      "SELECT pg_try_advisory_lock(hashtextextended('valmed-archive capture ' || ?, 0))";

  private final Connection connection;
  private final ScheduledExecutorService timer;

  private SlotClaim(Connection connection, ScheduledExecutorService timer) {
    this.connection = connection;
    this.timer = timer;
  }

  /**
   * @throws TimeoutException when another capture has it: to be tried again
   * @throws SQLException when hot cannot be asked
   */
  public static SlotClaim take(DatabaseLogin hot, String slot)
      throws SQLException, TimeoutException {
    Connection connection = HotSession.open(hot, "valmed-archive capture claim");
    try (Statement settings = connection.createStatement();
        PreparedStatement claim = connection.prepareStatement(CLAIM)) {
      settings.execute("SET idle_session_timeout = '60s'");
      claim.setString(1, slot);
      try (ResultSet taken = claim.executeQuery()) {
        taken.next();
        if (!taken.getBoolean(1)) {
          throw new TimeoutException("another capture of slot " + slot + " is at work");
        }
      }
    } catch (SQLException | TimeoutException e) {
      connection.close();
      throw e;
    }
    return new SlotClaim(connection, signsOfLife(connection));
  }

  private static ScheduledExecutorService signsOfLife(Connection connection) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "slot-claim");
              thread.setDaemon(true);
              return thread;
            });
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(
            () -> {
              try (Statement sign = connection.createStatement()) {
                sign.execute("SELECT 1");
              } catch (SQLException e) {
                log.debug("the claim of the slot was lost", e);
              }
            },
            SIGN_OF_LIFE_SECONDS,
            SIGN_OF_LIFE_SECONDS,
            TimeUnit.SECONDS);
    return timer;
  }

  /** Lets another capture try. */
  @Override
  public void close() throws SQLException {
    timer.shutdownNow();
    connection.close();
  }
}
