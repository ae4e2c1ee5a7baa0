package io.valmed.archive.purge.page;

import io.valmed.archive.model.TableId;
import io.valmed.archive.runtime.StopException;

/** The server was about to delete other rows than the proven ones; it was rolled back. */
public final class UnprovenDeleteException extends StopException {
  private static final long serialVersionUID = 1L;

  public UnprovenDeleteException(TableId table, long proven, long deleted) {
    super(
        ("The purge of table %s was rolled back: %d rows were proven, but %d would have gone;"
                + " something deletes there beside the purge (a cascade or trigger while"
                + " referential checks are off, or track_counts is off). Find it before purging"
                + " again.")
            .formatted(table, proven, deleted));
  }
}
