package io.valmed.archive.capture.schema;

import io.valmed.archive.capture.event.StreamedTable;
import io.valmed.archive.capture.schema.Catalog.Description;
import io.valmed.archive.capture.start.HotState;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.policy.PolicyTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells what happened to a table that was captured before and no longer fits its topic. Such a
 * table stops alone: its changes are parked and its purge is held; all others go on.
 */
public final class TableTrouble {
  private static final String WAY_OUT =
      " Its changes are parked and its purge is held; put it right, then run './archive capture"
          + " --new-epoch' and './archive verify'.";

  private TableTrouble() {}

  /** The sentence for people: what happened, and what to do. */
  public static String told(String happened) {
    return happened + WAY_OUT;
  }

  /** What is wrong with a known table in hot now; null: nothing. */
  public static @Nullable String inHot(PolicyTable policy, TableSchema known, HotState hot) {
    TableId id = policy.table();
    Description now = hot.tables().get(id);
    long relation = known.relation();
    if (relation != 0 && (now == null || now.relation() != relation)) {
      @Nullable TableId name = hot.relations().get(relation);
      return name != null
          ? renamed(id, name)
          : now == null
              ? "Table " + id + " was dropped in hot."
              : "Table " + id + " was dropped in hot and another was created under its name.";
    }
    return now == null ? "Table " + id + " is not in hot any more." : misfit(policy, known, now);
  }

  /**
   * What is wrong with the table that the stream tells of; null: nothing.
   *
   * @param known the newest version of the policy's table; null: none yet
   * @param now the streamed table in hot now; null: it was dropped meanwhile
   */
  public static @Nullable String inStream(
      PolicyTable policy,
      @Nullable TableSchema known,
      StreamedTable streamed,
      @Nullable Description now) {
    TableId id = policy.table();
    if (known != null && known.relation() != 0 && known.relation() != streamed.relation()) {
      return "Another table has the name " + id + " in hot now.";
    }
    if (!streamed.id().equals(id)) {
      return renamed(id, streamed.id());
    }
    if (now == null && (known == null || !known.columnNames().containsAll(streamed.columns()))) {
      return "Table " + id + " was dropped in hot before its columns were known.";
    }
    if (!policy.exclude().isEmpty() && !unknown(known, streamed, now).isEmpty()) {
      return "Table " + id + " has columns of which it is not known whether they are excluded.";
    }
    return now == null ? null : misfit(policy, known, now);
  }

  private static String renamed(TableId table, TableId name) {
    return "Table " + table + " was renamed to " + name + " in hot.";
  }

  /** Streamed columns that neither the catalog nor the newest version has. */
  public static List<String> unknown(
      @Nullable TableSchema known, StreamedTable streamed, @Nullable Description now) {
    return streamed.columns().stream()
        .filter(name -> now == null || now.column(name) == null)
        .filter(name -> known == null || known.indexOf(name) < 0)
        .toList();
  }

  private static @Nullable String misfit(
      PolicyTable policy, @Nullable TableSchema known, Description now) {
    TableId id = policy.table();
    if (now.key().isEmpty()) {
      return "Table " + id + " has no primary key any more.";
    }
    @Nullable String obstacle = now.obstacle(policy);
    if (obstacle != null) {
      return "Table " + id + " " + obstacle + ".";
    }
    if (known != null && !known.key().equals(now.key())) {
      return "The primary key of table " + id + " changed.";
    }
    if (!now.fullImages()) {
      return "Table "
          + id
          + " does not have REPLICA IDENTITY FULL any more ('./archive provision hot').";
    }
    List<String> refused = new ArrayList<>();
    now.refused()
        .forEach(
            (column, reason) -> {
              if (!policy.exclude().contains(column)) {
                refused.add("column " + column + " (" + reason + ")");
              }
            });
    if (!refused.isEmpty()) {
      return "Table " + id + " has what cannot be archived: " + String.join(", ", refused) + ".";
    }
    for (String excluded : policy.exclude()) {
      if (now.column(excluded) == null && !now.refused().containsKey(excluded)) {
        return "Table %s has no column %s, which the policy excludes, any more."
            .formatted(id, excluded);
      }
    }
    return excludedBefore(policy, known, now);
  }

  private static @Nullable String excludedBefore(
      PolicyTable policy, @Nullable TableSchema known, Description now) {
    if (known == null || known.relation() != now.relation()) {
      return null;
    }
    for (ColumnSchema column : now.columns()) {
      if (known.excluded().contains(column.number()) && !policy.exclude().contains(column.name())) {
        return "Column %s of table %s was excluded, under this name or another."
            .formatted(column.name(), policy.table());
      }
    }
    return null;
  }
}
