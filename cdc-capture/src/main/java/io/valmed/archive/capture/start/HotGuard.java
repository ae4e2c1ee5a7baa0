package io.valmed.archive.capture.start;

import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.capture.schema.Catalog.Description;
import io.valmed.archive.capture.schema.TableTrouble;
import io.valmed.archive.model.ColumnSchema;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.StopException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the publication and the tables of hot: at every start, and again and again while capture
 * runs, since changes that are not published come to nobody's notice.
 */
public final class HotGuard {
  private static final String PROVISION = " Run './archive provision hot' and start again.";

  private static final String PROVISION_ANEW =
      " Run './archive provision hot', then './archive capture --new-epoch' if it was captured"
          + " before.";

  private final String publication;
  private final List<PolicyTable> tables;

  public HotGuard(String publication, List<PolicyTable> tables) {
    this.publication = publication;
    this.tables = List.copyOf(tables);
  }

  /**
   * Checks that all that is published that must be.
   *
   * @param known the newest version of a table that was captured before; null: it was not
   * @param published what was published when the epoch began
   * @return what is wrong with tables that were captured before, for people; those stop alone
   * @throws StopException when changes would be lost, or what is set cannot be captured
   */
  public Map<TableId, String> check(
      HotState hot, Function<TableId, @Nullable TableSchema> known, Published published) {
    Map<TableId, String> troubles = new TreeMap<>();
    List<PolicyTable> sound = new ArrayList<>();
    for (PolicyTable policy : tables) {
      @Nullable TableSchema version = known.apply(policy.table());
      String trouble = version == null ? null : TableTrouble.inHot(policy, version, hot);
      if (trouble == null) {
        sound.add(policy);
      } else if (policy.table().equals(PassedBeats.TABLE)) {
        throw new StopException(trouble + PROVISION);
      } else {
        troubles.put(policy.table(), TableTrouble.told(trouble));
      }
    }
    checkPublication(hot, sound);
    checkTables(hot, sound);
    PublishedGap.of(publication, published, hot.published()).forEach(troubles::putIfAbsent);
    Map<TableId, String> altered = ShapeGap.found(published.followedBy(hot.published()));
    altered.keySet().retainAll(tables.stream().map(PolicyTable::table).toList());
    altered.forEach(troubles::putIfAbsent);
    return troubles;
  }

  private void checkPublication(HotState hot, List<PolicyTable> sound) {
    HotState.Publication found = hot.publication();
    if (found == null) {
      throw new StopException(
          "The publication " + publication + " does not exist in hot." + PROVISION_ANEW);
    }
    if (!found.publishesAll() || !found.filtered().isEmpty()) {
      throw new StopException(
          "The publication "
              + publication
              + " leaves out operations or rows, so changes would be lost unseen."
              + PROVISION_ANEW);
    }
    for (PolicyTable table : sound) {
      List<String> published = found.tables().get(table.table());
      Description inHot = hot.tables().get(table.table());
      if (inHot != null && (published == null || !published.containsAll(columns(inHot)))) {
        throw new StopException(
            "Table "
                + table.table()
                + (published == null ? " is" : " is, with all its columns,")
                + " not in the publication "
                + publication
                + ", so its changes would be lost unseen."
                + PROVISION_ANEW);
      }
    }
  }

  private static List<String> columns(Description description) {
    return description.columns().stream().map(ColumnSchema::name).toList();
  }

  private void checkTables(HotState hot, List<PolicyTable> sound) {
    List<String> refused = new ArrayList<>();
    for (PolicyTable policy : sound) {
      Description table = hot.tables().get(policy.table());
      TableId id = policy.table();
      if (table == null) {
        throw new StopException(
            "Table "
                + id
                + " of the policy does not exist in hot."
                + (id.equals(PassedBeats.TABLE)
                    ? " Run './archive migrate hot up' and './archive provision hot'."
                    : " Correct the policy or create the table."));
      }
      if (table.key().isEmpty()) {
        throw new StopException(
            "Table " + id + " has no primary key. Give it one, or take it out of the policy.");
      }
      String obstacle = table.obstacle(policy);
      if (obstacle != null) {
        throw new StopException("Table " + id + " " + obstacle + ".");
      }
      if (!table.fullImages()) {
        throw new StopException(
            "Table "
                + id
                + " does not have REPLICA IDENTITY FULL, so rows would leave hot without their last"
                + " image."
                + PROVISION);
      }
      checkExcluded(policy, table);
      table
          .refused()
          .forEach(
              (column, reason) -> {
                if (!policy.exclude().contains(column)) {
                  refused.add(id + " column " + column + " (" + reason + ")");
                }
              });
    }
    if (!refused.isEmpty()) {
      throw new StopException(
          "Values of these columns cannot be archived exactly: "
              + String.join(", ", refused)
              + ". Change their types, or take the tables out of the policy.");
    }
  }

  private static void checkExcluded(PolicyTable policy, Description table) {
    for (String excluded : policy.exclude()) {
      if (table.column(excluded) == null && !table.refused().containsKey(excluded)) {
        throw new StopException(
            "Table %s has no column %s, which the policy excludes: under another name it would leave hot. Correct 'exclude' in the policy."
                .formatted(policy.table(), excluded));
      }
    }
  }
}
