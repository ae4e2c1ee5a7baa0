package io.valmed.archive.sink.read;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.change.ChangeReader;
import io.valmed.archive.model.change.MalformedChangeException;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.topic.RecordHeaders;
import io.valmed.archive.sink.apply.Batch;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads a record of a table's topic into the batch, or says what is wrong with it. */
public final class RecordParser {
  private static final String UNCHANGED_TOAST = "__debezium_unavailable_value";
  private static final String UNCHANGED_TOAST_BYTES =
      "\\x5f5f646562657a69756d5f756e617661696c61626c655f76616c7565";

  /** What is known of versions. */
  public interface Versions {
    /** The reader of that version; null while it is unknown or does not fit the archive. */
    @Nullable ChangeReader reader(TableId table, int version) throws Exception;

    /** Whether the version belongs to a table that was set aside. */
    boolean setAside(TableId table, int version);
  }

  private final Map<String, TableId> tables;
  private final Versions versions;

  /**
   * @param tables the table of each topic
   * @param versions what is known of versions
   */
  public RecordParser(Map<String, TableId> tables, Versions versions) {
    this.tables = Map.copyOf(tables);
    this.versions = versions;
  }

  /**
   * Puts the record into the batch; a tombstone, which serves compaction alone, is passed over.
   *
   * @return false when the record has to wait, because the version it names is not known yet or
   *     does not fit the archive
   */
  public boolean parse(TopicRecord record, Batch batch) throws Exception {
    if (record.value() == null) {
      return true;
    }
    TableId table = Objects.requireNonNull(tables.get(record.partition().topic()));
    String fault = fault(record, table);
    if (fault == null) {
      ChangeReader reader = versions.reader(table, record.number(RecordHeaders.VERSION));
      if (reader == null) {
        return false;
      }
      try {
        Received received =
            new Received(
                record, reader.schema(), reader.read(Objects.requireNonNull(record.value())));
        fault = placeholder(received);
        if (fault == null) {
          batch.add(received);
          return true;
        }
      } catch (MalformedChangeException e) {
        fault = Objects.requireNonNull(e.getMessage());
      }
    }
    batch.add(Poisoned.unreadable(record, table, fault));
    return true;
  }

  private @Nullable String fault(TopicRecord record, TableId table) {
    if (record.key() == null) {
      return "the record has no key";
    }
    int version = record.number(RecordHeaders.VERSION);
    if (version < 1) {
      return "the header " + RecordHeaders.VERSION + " is missing or no version";
    }
    return versions.setAside(table, version)
        ? "version " + version + " of the table was set aside before this record came"
        : null;
  }

  /** Capture never sends one; stored as data it would replace a large value for good. */
  private static @Nullable String placeholder(Received received) {
    RowImage image = received.image();
    for (int i = 0; i < image.size(); i++) {
      String text = image.get(i);
      if (UNCHANGED_TOAST.equals(text) || UNCHANGED_TOAST_BYTES.equals(text)) {
        return "column "
            + received.schema().columns().get(i).name()
            + " holds the placeholder of an unchanged TOAST value, not a value";
      }
    }
    return null;
  }
}
