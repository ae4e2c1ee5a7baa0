package io.valmed.archive.operations.status;

import io.valmed.archive.databases.seen.EligibleRows;
import io.valmed.archive.databases.seen.PurgedRows;
import io.valmed.archive.databases.seen.TableSizes;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.policy.RootTable;
import io.valmed.archive.runtime.server.DatabaseQuestion;
import io.valmed.archive.runtime.server.ServerAnswer;
import io.valmed.archive.runtime.server.ServerQuestion;
import io.valmed.archive.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What costs more to ask, asked seldom, each with a limit of its own and on a thread of its own:
 * the answers are those of the last time.
 */
final class Sizes implements AutoCloseable {
  private static final Duration SIZES_EVERY = Duration.ofSeconds(60);
  private static final Duration SIZES_LIMIT = Duration.ofSeconds(20);
  private static final Duration COUNT_EVERY = Duration.ofMinutes(10);
  private static final Duration COUNT_LIMIT = Duration.ofSeconds(60);

  private final ServerQuestion<Map<TableId, TableSizes>> hot;
  private final ServerQuestion<OfArchive> archive;
  private final @Nullable ServerQuestion<Map<TableId, EligibleRows>> eligible;

  /** Of the archive: mirrors and cold stores, and what the journal says of the purge. */
  record OfArchive(Map<TableId, TableSizes> tables, Map<String, PurgedRows> purged) {}

  /**
   * @param counting whether rows that may leave hot are counted: that reads tables of hot
   */
  Sizes(Settings settings, boolean counting, LongSupplier nanos) {
    List<TableId> tables = settings.policy().tables().stream().map(PolicyTable::table).toList();
    List<TableId> archived = new ArrayList<>(tables);
    tables.forEach(table -> archived.add(table.cold()));
    this.hot =
        new ServerQuestion<>(
            "hot sizes",
            new DatabaseQuestion<>(
                settings.hot().purger(),
                "archive status sizes",
                session -> TableSizes.read(session, tables),
                SIZES_LIMIT),
            nanos,
            SIZES_EVERY);
    this.archive =
        new ServerQuestion<>(
            "archive sizes",
            new DatabaseQuestion<>(
                settings.archive().purger(),
                "archive status sizes",
                session ->
                    new OfArchive(
                        TableSizes.read(session, archived),
                        PurgedRows.read(session, settings.prefix())),
                SIZES_LIMIT),
            nanos,
            SIZES_EVERY);
    this.eligible =
        counting
            ? new ServerQuestion<>(
                "eligible rows",
                new DatabaseQuestion<>(
                    settings.hot().purger(),
                    "archive status count",
                    session -> count(session, settings),
                    COUNT_LIMIT),
                nanos,
                COUNT_EVERY)
            : null;
  }

  private static Map<TableId, EligibleRows> count(Connection session, Settings settings)
      throws SQLException {
    Map<TableId, EligibleRows> counted = new HashMap<>();
    for (RootTable root : settings.policy().roots()) {
      EligibleRows rows = EligibleRows.count(session, root, settings.policy().ageZone());
      if (rows != null) {
        counted.put(root.table(), rows);
      }
    }
    return counted;
  }

  /** Asks what is due; returns at once. */
  void begin() {
    hot.begin();
    archive.begin();
    if (eligible != null) {
      eligible.begin();
    }
  }

  /** Waits for the sizes, at most the limit of {@link ServerQuestion#answer}. */
  void await() {
    hot.answer();
    archive.answer();
  }

  @Nullable TableSizes hot(TableId table) {
    Map<TableId, TableSizes> known = value(hot);
    return known == null ? null : known.get(table);
  }

  @Nullable TableSizes archived(TableId table) {
    OfArchive known = value(archive);
    return known == null ? null : known.tables.get(table);
  }

  /** By root table; null: not known. */
  @Nullable Map<String, PurgedRows> purged() {
    OfArchive known = value(archive);
    return known == null ? null : known.purged;
  }

  @Nullable EligibleRows eligible(TableId table) {
    Map<TableId, EligibleRows> known = eligible == null ? null : value(eligible);
    return known == null ? null : known.get(table);
  }

  private static <T> @Nullable T value(ServerQuestion<T> question) {
    ServerAnswer<T> last = question.latest();
    return last == null ? null : last.value();
  }

  @Override
  public void close() {
    hot.close();
    archive.close();
    if (eligible != null) {
      eligible.close();
    }
  }
}
