package io.valmed.archive.operations.verify;

import io.valmed.archive.databases.archive.TableVerifications;
import io.valmed.archive.databases.archive.TableVerifications.Standing;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.jdbc.SqlState;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks the archive when each table of the policy was last found equal in hot and archive. */
public final class VerifiedTables {
  private static final String OLDER =
      "is not known to be equal: the archive is of an older release, which does not keep comparisons; run './archive migrate archive up' and './archive provision archive'";

  private final Settings settings;
  private final InstantSource wall;

  public VerifiedTables(Settings settings, InstantSource wall) {
    this.settings = settings;
    this.wall = wall;
  }

  /**
   * How a table stands.
   *
   * @param table the table
   * @param verdict in a word
   * @param sentence the same in words
   * @param cleanAt when it was last found equal; null: never
   */
  public record Verified(
      TableId table, Verdict verdict, String sentence, @Nullable Instant cleanAt) {}

  /** How well it is known that a table is equal. */
  public enum Verdict {
    /** The last comparison found it equal, and the next is not overdue. */
    EQUAL,
    /** It was not compared yet, or not for a long time. */
    OVERDUE,
    /** The last comparison found rows that are not equal. */
    DIFFERS,
    /** It could not be compared. */
    UNREAD
  }

  /**
   * All tables of the policy, in its order. Where the archive is of a release that does not keep
   * comparisons, each is {@link Verdict#UNREAD}.
   */
  public List<Verified> list() throws SQLException {
    List<TableId> tables = settings.policy().tables().stream().map(PolicyTable::table).toList();
    try {
      return list(tables);
    } catch (SQLException e) {
      if (!SqlState.UNDEFINED_TABLE.equals(e.getSQLState())) {
        throw e;
      }
      return tables.stream()
          .map(table -> new Verified(table, Verdict.UNREAD, OLDER, null))
          .toList();
    }
  }

  private List<Verified> list(List<TableId> tables) throws SQLException {
    Map<TableId, Standing> known;
    try (Connection archive = settings.archive().purger().connect("archive verification")) {
      known =
          new TableVerifications(archive, settings.prefix())
              .list(tables).stream()
                  .collect(Collectors.toMap(Standing::table, Function.identity()));
    }
    List<Verified> verified = new ArrayList<>();
    for (TableId table : tables) {
      verified.add(verified(table, known.get(table)));
    }
    return verified;
  }

  private Verified verified(TableId table, @Nullable Standing standing) {
    if (standing == null || standing.result() == null) {
      return new Verified(
          table, Verdict.OVERDUE, "was not compared with the archive yet" + how(standing), null);
    }
    @Nullable Instant clean = standing.cleanAt() == null ? null : standing.cleanAt().toInstant();
    String since =
        clean == null ? "it was never found equal" : "it was last found equal at " + clean;
    return switch (standing.result()) {
      case CLEAN ->
          overdue(clean)
              ? new Verified(
                  table, Verdict.OVERDUE, since + ", and not compared since" + how(standing), clean)
              : new Verified(
                  table,
                  Verdict.EQUAL,
                  "was found equal in hot and archive at %s (%,d rows%s)"
                      .formatted(clean, standing.cleanRows(), and(standing.sentence())),
                  clean);
      case DIFFERS ->
          new Verified(
              table,
              Verdict.DIFFERS,
              "differs in hot and archive (%s, compared at %s); %s; run './archive verify' to see which rows"
                  .formatted(standing.sentence(), instant(standing), since),
              clean);
      case UNREAD ->
          new Verified(
              table,
              Verdict.UNREAD,
              "cannot be compared in hot and archive: it %s; %s; mend that, then run './archive verify'"
                  .formatted(standing.sentence(), since),
              clean);
    };
  }

  private static @Nullable Instant instant(Standing standing) {
    return standing.comparedAt() == null ? null : standing.comparedAt().toInstant();
  }

  private static String and(@Nullable String sentence) {
    return sentence == null ? "" : ", of which " + sentence;
  }

  private boolean overdue(@Nullable Instant clean) {
    @Nullable Duration every = settings.verify().every();
    return clean == null
        || (every != null && clean.plus(every.multipliedBy(2)).isBefore(wall.instant()));
  }

  /** Why it may not have been, and what to do. */
  private String how(@Nullable Standing standing) {
    if (settings.policy().draft()) {
      return "; the policy is a draft: run './archive verify'";
    }
    if (settings.verify().every() == null) {
      return "; 'verify.every' is off: run './archive verify'";
    }
    if (standing != null && standing.paused()) {
      return "; the comparison waits for the archive to catch up: see with './archive doctor' that capture and sink run";
    }
    return standing != null && standing.begunAt() != null
        ? "; a comparison is under way (%,d rows)".formatted(standing.rows())
        : "; a purge worker that runs compares it by itself, './archive verify' at once";
  }
}
