package io.valmed.archive.sink.quarantine;

import io.valmed.archive.model.TableId;
import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.TopicRecord;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record as the quarantine keeps it. */
public final class StoredRecord implements TopicRecord {
  private static final int LONGEST_NUMBER = 9;

  private final Partition partition;
  private final long offset;
  private final TableId table;
  private final byte @Nullable [] key;
  private final byte @Nullable [] value;
  private final Map<String, String> headers;

  public StoredRecord(
      Partition partition,
      long offset,
      TableId table,
      byte @Nullable [] key,
      byte @Nullable [] value,
      Map<String, String> headers) {
    this.partition = partition;
    this.offset = offset;
    this.table = table;
    this.key = key;
    this.value = value;
    this.headers = Map.copyOf(headers);
  }

  /** The table it is about. */
  public TableId table() {
    return table;
  }

  @Override
  public Partition partition() {
    return partition;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public byte @Nullable [] key() {
    return key;
  }

  @Override
  public byte @Nullable [] value() {
    return value;
  }

  @Override
  public int number(String header) {
    String digits = headers.getOrDefault(header, "");
    return digits.length() <= LONGEST_NUMBER && digits.matches("[0-9]+")
        ? Integer.parseInt(digits)
        : -1;
  }

  @Override
  public Map<String, String> headers() {
    return headers;
  }
}
