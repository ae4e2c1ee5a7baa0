package io.valmed.archive.purge.verify;

import io.valmed.archive.databases.archive.CaughtUp;
import io.valmed.archive.databases.archive.TableVerifications;
import io.valmed.archive.databases.archive.VerificationPlace;
import io.valmed.archive.databases.compare.TablePair;
import io.valmed.archive.databases.compare.TableWalk;
import io.valmed.archive.databases.compare.VerificationOutcome;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.purge.pace.Throttle;
import io.valmed.archive.runtime.Reminder;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.jdbc.TableFault;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares one table after the other, page by page, whenever one is due (ADR 0131). Its place is in
 * the archive, so that whoever comes next goes on there; of several processes one works.
 */
final class OngoingVerification implements Work {
  private static final Logger log = LoggerFactory.getLogger(OngoingVerification.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
  private static final Duration CATCH_UP = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
  private static final long WHILE_WAITING = Duration.ofMillis(500).toNanos();

  /** Beyond that many unequal rows the rest tells nothing new. */
  private static final int ENOUGH = 10_000;

  private static final int LARGEST_PAGE = 5_000;
  private static final int SMALLEST_PAGE = 100;
  private static final String LOCK =
      "SELECT pg_try_advisory_lock(hashtextextended('arc.table_verification ' || ?, 0))";

  private final Connection hot;
  private final Connection archive;
  private final Settings settings;
  private final Duration every;
  private final TableVerifications tables;
  private final VerificationOutcome outcome;
  private final VerificationGauges gauges;
  private final Throttle throttle;
  private final LongSupplier nanos;
  private final List<TableId> all;
  private final Reminder late;
  private boolean mine;
  private @Nullable TableWalk walk;
  private long notBefore;
  private @Nullable Long waitsSince;

  /**
   * @param hot a session of its own
   * @param archive a session of its own, which holds the lock for as long as it lasts
   * @param settings with {@code verify.every}
   * @param gauges what is told of it
   * @param nanos a clock that nobody sets, such as {@link System#nanoTime}
   */
  OngoingVerification(
      Connection hot,
      Connection archive,
      Settings settings,
      VerificationGauges gauges,
      LongSupplier nanos) {
    this.hot = hot;
    this.archive = archive;
    this.settings = settings;
    this.every = Objects.requireNonNull(settings.verify().every(), "verify.every");
    this.tables = new TableVerifications(archive, settings.prefix());
    this.outcome = new VerificationOutcome(archive, settings.prefix());
    this.gauges = gauges;
    this.throttle = new Throttle(settings.verify().pace(), nanos);
    this.nanos = nanos;
    this.late = new Reminder(nanos);
    this.all = settings.policy().tables().stream().map(PolicyTable::table).toList();
    this.notBefore = nanos.getAsLong();
  }

  @Override
  public Next step() throws SQLException {
    if (!throttle.open() || nanos.getAsLong() - notBefore < 0) {
      return Next.IDLE;
    }
    TableWalk current = walk;
    if (current != null) {
      return step(current);
    }
    @Nullable TableId due = look();
    if (due == null) {
      notBefore = nanos.getAsLong() + Math.min(LOOK_EVERY.toNanos(), soon().toNanos());
      return Next.IDLE;
    }
    takeUp(due);
    return Next.AGAIN;
  }

  private @Nullable TableId look() throws SQLException {
    if (!mine) {
      mine = lock();
    }
    if (mine) {
      tables.know(all);
    }
    return mine ? tables.due(all, every, soon()) : null;
  }

  private boolean lock() throws SQLException {
    try (PreparedStatement query = archive.prepareStatement(LOCK)) {
      query.setString(1, settings.prefix());
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  private void takeUp(TableId table) throws SQLException {
    @Nullable TablePair pair = pair(table);
    if (pair == null) {
      return;
    }
    @Nullable VerificationPlace place = tables.place(table);
    if (place == null || !place.shape().equals(pair.fingerprint())) {
      place = tables.begin(table, pair.fingerprint());
      log.info("comparing {} in hot and archive", table);
    } else {
      log.info("comparing {} in hot and archive, from where it was left", table);
    }
    CaughtUp progress =
        CaughtUp.ofTopic(hot, archive, settings.capture().slot(), settings.topics().table(table));
    walk = new TableWalk(hot, archive, progress, pair, place);
  }

  /** The table as both have it; null: it cannot be compared, which has been told. */
  private @Nullable TablePair pair(TableId table) throws SQLException {
    try {
      return TablePair.read(hot, archive, settings.policy().find(table).orElseThrow());
    } catch (TablePair.UnlikeException e) {
      unread(table, String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      unread(table, TableFault.inEither(e, hot, archive));
    }
    return null;
  }

  private void unread(TableId table, String problem) throws SQLException {
    walk = null;
    waitsSince = null;
    outcome.unread(table, problem);
    if (gauges.news(table, problem)) {
      log.warn("{} cannot be compared in hot and archive: it {}", table, problem);
    }
  }

  private Next step(TableWalk current) throws SQLException {
    TableId table = current.pair().hot().table();
    TableWalk.Step step;
    try {
      if (!current.pair().equals(pair(table))) {
        // Columns or key are others now: it is begun anew.
        walk = null;
        return Next.AGAIN;
      }
      step = current.step(pageSize());
    } catch (SQLException e) {
      unread(table, TableFault.inEither(e, hot, archive));
      return Next.AGAIN;
    }
    throttle.took(current.read());
    gauges.read(current.read());
    return switch (step) {
      case WAITS -> waits(table);
      case PAGE -> page(table, current.place());
      case END -> end(table, current.place());
    };
  }

  private int pageSize() {
    int pace = settings.verify().pace();
    return pace == 0 ? LARGEST_PAGE : Math.max(SMALLEST_PAGE, Math.min(LARGEST_PAGE, pace));
  }

  /** Another table goes first when the archive takes its time. */
  private Next waits(TableId table) throws SQLException {
    long now = nanos.getAsLong();
    notBefore = now + WHILE_WAITING;
    Long since = waitsSince;
    if (since == null) {
      waitsSince = now;
    } else if (now - since > CATCH_UP.toNanos()) {
      if (late.due("waits")) {
        log.warn(
            "the comparison of {} waits: rows differ, which the archive may only be late with; see with './archive doctor' that capture and sink run",
            table);
      }
      Duration pause = soon().compareTo(LONGEST_PAUSE) < 0 ? soon() : LONGEST_PAUSE;
      tables.pause(table, pause);
      walk = null;
      waitsSince = null;
    }
    return Next.IDLE;
  }

  private Next page(TableId table, VerificationPlace place) throws SQLException {
    waitsSince = null;
    if (place.counts().unequal() >= ENOUGH) {
      return end(table, place);
    }
    if (!tables.advance(table, place)) {
      // Somebody has compared all of it meanwhile: what this one has found is older.
      walk = null;
    } else if (place.counts().unequal() > 0) {
      outcome.foundSoFar(table, place.counts());
    }
    return Next.AGAIN;
  }

  private Next end(TableId table, VerificationPlace place) throws SQLException {
    walk = null;
    waitsSince = null;
    if (!tables.advance(table, place)) {
      return Next.AGAIN;
    }
    outcome.compared(table, place.counts());
    long rows = place.counts().rows();
    if (place.counts().unequal() == 0) {
      gauges.news(table, "");
      log.info("{} is equal in hot and archive: {} rows", table, rows);
    } else if (gauges.news(table, place.counts().words())) {
      log.warn("{} differs in hot and archive: {} rows, {}", table, rows, place.counts().words());
    }
    return Next.AGAIN;
  }

  private Duration soon() {
    return settings.verify().soon();
  }

  @Override
  public void close() {
    try (hot;
        archive) {
      walk = null;
    } catch (SQLException e) {
      log.debug("a session that ends anyway", e);
    }
  }
}
