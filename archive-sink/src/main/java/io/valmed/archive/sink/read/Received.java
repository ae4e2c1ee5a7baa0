package io.valmed.archive.sink.read;

import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.RowImage;
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
}
