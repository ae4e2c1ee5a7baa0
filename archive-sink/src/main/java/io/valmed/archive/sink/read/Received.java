package io.valmed.archive.sink.read;

import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.topic.RecordHeaders;
import java.util.Objects;

/**
 * A record that has been read.
 *
 * @param record the record, kept for the quarantine
 * @param schema the version that its images have
 * @param change what it says
 */
public record Received(TopicRecord record, TableSchema schema, Change change) {

  /** The image the record is about: the last one of a departure, the new one of anything else. */
  public RowImage image() {
    return Objects.requireNonNull(change.departure() ? change.before() : change.after());
  }

  /**
   * Whether it is a departure of an epoch before the one in which it is told: the row left while
   * nobody could say so, and whatever has its key in the mirror now is another one.
   */
  public boolean past() {
    return change.departure() && record.number(RecordHeaders.EPOCH) > change.evidence().epoch();
  }
}
