package io.valmed.archive.databases.hot;

import io.valmed.archive.model.TableId;
import org.jspecify.annotations.Nullable;

/** Nothing of a root table may be purged as things stand; other root tables go on. */
public final class TableHeldException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean passes;

  private TableHeldException(String message, boolean passes, @Nullable Throwable cause) {
    super(message, cause);
    this.passes = passes;
  }

  /**
   * A person must act.
   *
   * @param table the table at fault
   * @param reason what is wrong and what to do, as a clause: {@code has a DELETE trigger …}
   */
  public static TableHeldException fault(TableId table, String reason) {
    return new TableHeldException("table " + table + " " + reason, false, null);
  }

  /** As {@link #fault}, with what the database said. */
  public static TableHeldException fault(TableId table, String reason, Throwable cause) {
    return new TableHeldException("table " + table + " " + reason, false, cause);
  }

  /** The archive is behind; it passes by itself while the sink works. */
  public static TableHeldException behind(TableId table, String reason) {
    return new TableHeldException("table " + table + " " + reason, true, null);
  }

  /**
   * What is deleted now would not come back through capture's slot.
   *
   * @param sentence what is wrong and what to do
   * @param passes whether it passes by itself
   */
  public static TableHeldException unwatched(String sentence, boolean passes) {
    return new TableHeldException(sentence, passes, null);
  }

  /** Whether it passes by itself. */
  public boolean waits() {
    return passes;
  }
}
