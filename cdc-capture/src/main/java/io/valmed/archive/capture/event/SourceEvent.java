package io.valmed.archive.capture.event;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.change.RowImage;
import org.jspecify.annotations.Nullable;

/**
 * What the stream tells, in commit order. Everything but {@link Oddity} stands in a transaction.
 */
public sealed interface SourceEvent {

  /** Stands for a value that hot did not send because it had not changed. */
  @SuppressWarnings("StringOperationCanBeSimplified") // told by identity
  String NOT_SENT = new String("not sent");

  /** Whether the text is the mark, and no value that happens to be equal to it. */
  @SuppressWarnings("ReferenceEquality")
  static boolean notSent(@Nullable String text) {
    return text == NOT_SENT;
  }

  /**
   * A source transaction begins.
   *
   * @param txid its 32-bit id
   */
  record Begin(String txid) implements SourceEvent {}

  /**
   * A row changed.
   *
   * @param table the table and its columns as they were then
   * @param operation CREATE, UPDATE or DELETE
   * @param before the whole row before; null for CREATE
   * @param after the whole row after; null for DELETE
   * @param whole whether hot sent every column; those that it did not send are marks that {@link
   *     SourceEvent#notSent} tells
   * @param place where in hot's history
   */
  record RowChange(
      StreamedTable table,
      Operation operation,
      @Nullable RowImage before,
      @Nullable RowImage after,
      boolean whole,
      Place place)
      implements SourceEvent {}

  /**
   * Something that is no row: a truncate, a logical message.
   *
   * @param kind {@code truncate} or {@code message}
   * @param table the table, if there is one
   * @param place where in hot's history
   */
  record Oddity(String kind, @Nullable TableId table, Place place) implements SourceEvent {}

  /**
   * A source transaction ends.
   *
   * @param txid its 32-bit id
   * @param events how many changes and oddities stood in it
   * @param lsn the end of its commit record: a stream that starts there begins with the transaction
   *     that was committed next
   */
  record End(String txid, long events, long lsn) implements SourceEvent {}

  /**
   * Where in hot's history something stands.
   *
   * @param lsn its own position in the WAL
   * @param txid its transaction's 32-bit id, unsigned; 0: none
   * @param committedAtMicros when the transaction was committed by hot's clock, microseconds since
   *     1970-01-01 UTC
   * @param origin the replication origin of its transaction, if it has one
   */
  record Place(long lsn, long txid, long committedAtMicros, @Nullable String origin) {}
}
