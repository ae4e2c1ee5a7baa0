package io.valmed.archive.sink.read;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.ChangeWriter;
import org.jspecify.annotations.Nullable;

/**
 * A record that cannot be applied, on its way into the quarantine.
 *
 * @param record the record
 * @param table the table it is about
 * @param received what it says; null: it could not be read
 * @param sqlState why the archive refused it; null: it was not tried
 * @param reason one sentence that holds no column's value
 */
public record Poisoned(
    TopicRecord record,
    TableId table,
    @Nullable Received received,
    @Nullable String sqlState,
    String reason) {

  /** A record that cannot be read. */
  public static Poisoned unreadable(TopicRecord record, TableId table, String reason) {
    return new Poisoned(record, table, null, null, reason);
  }

  /** A record that the archive refused for what it holds. */
  public static Poisoned refused(Received received, @Nullable String sqlState, String reason) {
    TableId table = received.schema().table();
    return new Poisoned(received.record(), table, received, sqlState, reason);
  }

  /**
   * The key of the row's own records, which a departure's key is not; the record's own key where
   * the row's cannot be told.
   */
  public byte @Nullable [] rowKey() {
    return received == null
        ? record.key()
        : new ChangeWriter("", received.schema()).rowKey(received.image());
  }
}
