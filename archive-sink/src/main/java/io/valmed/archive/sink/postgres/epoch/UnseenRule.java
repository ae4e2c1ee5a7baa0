package io.valmed.archive.sink.postgres.epoch;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.sink.postgres.epoch.ReconciliationTable.Confirmation;
import io.valmed.archive.sink.postgres.epoch.ReconciliationTable.State;
import org.jspecify.annotations.Nullable;

/**
 * Whether what an epoch's snapshot did not show of a table may count as having left hot. A snapshot
 * that could not see everything, or did not arrive whole, looks just like rows that have left: so
 * the numbers must agree, and a person is asked before much of a table is concerned.
 */
public final class UnseenRule {
  /** Of a small table so many rows, and so large a part of it, go unasked. */
  private static final int FEW_ROWS = 100;

  private static final int FEW_OF = 10;

  private final int share;

  /**
   * @param share the percentage of a table's rows that goes unasked
   */
  public UnseenRule(int share) {
    this.share = share;
  }

  /**
   * Why a table is held.
   *
   * @param state as it is recorded
   * @param sentence what is wrong and what to do
   */
  public record Refusal(State state, String sentence) {}

  /** The epoch's snapshot did not read the table. */
  public static Refusal unnamed(Epoch epoch, TableId table) {
    return new Refusal(
        State.UNNAMED,
        "the snapshot of epoch %d did not read table %s, so that it says nothing of its rows. Give capture and sink the same policy and run './archive capture --new-epoch'."
            .formatted(epoch.number(), table));
  }

  /** Null: the rows of older epochs may be filed as unseen. */
  public @Nullable Refusal refusal(
      Epoch epoch, TableId table, SnapshotCount count, @Nullable Confirmation confirmation) {
    @Nullable Long announced = epoch.tables().get(table);
    if (announced == null) {
      return unnamed(epoch, table);
    }
    if (announced != count.applied() && !acceptedAsItIs(count, confirmation)) {
      return new Refusal(
          State.DIFFERS,
          "the snapshot of epoch %d copied %d rows of table %s, but the archive has applied %d: nothing counts as unseen, and what follows the snapshot waits. Look at './archive quarantine list' (a retry that succeeds is noticed), or run './archive capture --new-epoch'. Where compaction has removed them: './archive epoch confirm %s --epoch %d --although-counts-differ --by NAME --reason TEXT'."
              .formatted(
                  epoch.number(),
                  announced,
                  table,
                  count.applied(),
                  quoted(table),
                  epoch.number()));
    }
    if (asks(count) && (confirmation == null || confirmation.unseen() < count.unseen())) {
      return new Refusal(
          State.ASKS,
          "epoch %d does not show %d of %d rows that the archive has of table %s, more than sink.unseen-share (%d %%) lets pass: nothing was moved, and what follows the snapshot waits. If they left hot, run './archive epoch confirm %s --epoch %d --by NAME --reason TEXT'; if not, mend what hides them and run './archive capture --new-epoch'."
              .formatted(
                  epoch.number(),
                  count.unseen(),
                  count.rows(),
                  table,
                  share,
                  quoted(table),
                  epoch.number()));
    }
    return null;
  }

  private static boolean acceptedAsItIs(SnapshotCount count, @Nullable Confirmation confirmation) {
    return confirmation != null
        && confirmation.applied() != null
        && confirmation.applied() == count.applied();
  }

  private boolean asks(SnapshotCount count) {
    boolean few = count.unseen() <= FEW_ROWS && count.unseen() * FEW_OF <= count.rows();
    return count.unseen() * 100 > count.rows() * share && !few;
  }

  private static String quoted(TableId table) {
    String name = table.toString();
    return name.matches("[A-Za-z0-9_.]+") ? name : "'" + name.replace("'", "'\\''") + "'";
  }
}
