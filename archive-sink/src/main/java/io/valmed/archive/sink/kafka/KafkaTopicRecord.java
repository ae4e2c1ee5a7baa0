package io.valmed.archive.sink.kafka;

import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.TopicRecord;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A consumed record. */
final class KafkaTopicRecord implements TopicRecord {
  private static final int LONGEST_NUMBER = 9;

  private final Partition partition;
  private final ConsumerRecord<byte[], byte[]> record;

  KafkaTopicRecord(Partition partition, ConsumerRecord<byte[], byte[]> record) {
    this.partition = partition;
    this.record = record;
  }

  @Override
  public Partition partition() {
    return partition;
  }

  @Override
  public long offset() {
    return record.offset();
  }

  @Override
  public byte @Nullable [] key() {
    return record.key();
  }

  @Override
  public byte @Nullable [] value() {
    return record.value();
  }

  @Override
  public int number(String name) {
    Header header = record.headers().lastHeader(name);
    byte[] digits = header == null ? null : header.value();
    if (digits == null || digits.length == 0 || digits.length > LONGEST_NUMBER) {
      return -1;
    }
    int number = 0;
    for (byte digit : digits) {
      if (digit < '0' || digit > '9') {
        return -1;
      }
      number = number * 10 + (digit - '0');
    }
    return number;
  }

  @Override
  public Map<String, String> headers() {
    Map<String, String> all = new HashMap<>();
    for (Header header : record.headers()) {
      byte[] value = header.value();
      all.put(header.key(), value == null ? "" : new String(value, StandardCharsets.UTF_8));
    }
    return all;
  }
}
