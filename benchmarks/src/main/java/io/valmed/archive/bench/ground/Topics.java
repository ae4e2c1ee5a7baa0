package io.valmed.archive.bench.ground;

import io.valmed.archive.model.Lsn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Looks at a site's topics as any reader of committed records does. */
public final class Topics {
  private static final Pattern LSN = Pattern.compile("\"lsn\":\"([0-9A-F/]+)\"");
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final Site site;

  public Topics(Site site) {
    this.site = site;
  }

  /**
   * What the topics of orders and administrations hold.
   *
   * @param handedOver when each record was handed to the producer, milliseconds since 1970, sorted
   */
  public record Content(List<Long> handedOver) {
    public Content {
      handedOver = handedOver.stream().sorted().toList();
    }

    /** How many records. */
    public long rows() {
      return handedOver.size();
    }

    /** When the first one behind so many others was handed over, {@link Moment}. */
    public long behind(long others) {
      return handedOver.get(Math.toIntExact(others)) * 1_000;
    }
  }

  /**
   * Returns the moment at which capture's offset behind {@code lsn} was committed, and with it
   * every change before.
   */
  public long awaitOffset(String lsn, JavaProcess capture) throws Exception {
    long wanted = Lsn.parse(lsn);
    long[] reached = {-1};
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      TopicPartition offsets = new TopicPartition(site.settings().topics().captureOffsets(), 0);
      consumer.assign(List.of(offsets));
      consumer.seekToBeginning(List.of(offsets));
      return Moment.until(
          "capture to commit " + lsn,
          LIMIT,
          0,
          () -> {
            capture.check();
            for (ConsumerRecord<byte[], byte[]> one : consumer.poll(Duration.ofMillis(100))) {
              reached[0] = Math.max(reached[0], lsn(one));
            }
            return reached[0] >= wanted;
          });
    }
  }

  /** Reads all that is committed now. */
  public Content content() {
    List<Long> handedOver = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> all =
          site.topics().stream()
              .flatMap(topic -> consumer.partitionsFor(topic).stream())
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      var ends = consumer.endOffsets(all);
      while (!all.stream().allMatch(p -> consumer.position(p) >= ends.getOrDefault(p, 0L))) {
        for (ConsumerRecord<byte[], byte[]> one : consumer.poll(Duration.ofMillis(200))) {
          handedOver.add(one.timestamp());
        }
      }
    }
    return new Content(handedOver);
  }

  private static long lsn(ConsumerRecord<byte[], byte[]> offset) {
    if (offset.value() == null) {
      return -1;
    }
    Matcher found = LSN.matcher(new String(offset.value(), StandardCharsets.UTF_8));
    return found.find() ? Lsn.parse(found.group(1)) : -1;
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Properties properties = site.kafka("bench");
    properties.put("isolation.level", "read_committed");
    properties.put("auto.offset.reset", "earliest");
    properties.put("enable.auto.commit", "false");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
