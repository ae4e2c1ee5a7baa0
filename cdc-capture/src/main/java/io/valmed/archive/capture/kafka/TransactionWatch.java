package io.valmed.archive.capture.kafka;

import io.valmed.archive.capture.CaptureMetrics;
import io.valmed.archive.capture.event.PassedBeats;
import io.valmed.archive.capture.hanging.HangingTransactions;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Looks for transactions that hang when they may: from time to time, and when a broker has gone
 * away, before anything is written behind them.
 */
final class TransactionWatch {
  private final HangingTransactions hanging;
  private final Metric connections;
  private final long everyNanos;
  private double seen;
  private long lookedNanos = System.nanoTime();

  /**
   * @param every how old the last look may be when a transaction begins
   */
  TransactionWatch(HangingTransactions hanging, KafkaProducer<?, ?> producer, Duration every) {
    this.hanging = hanging;
    this.connections =
        producer.metrics().values().stream()
            .filter(metric -> metric.metricName().name().equals("connection-creation-total"))
            .filter(metric -> metric.metricName().group().equals("producer-metrics"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the producer counts no connections"));
    this.everyNanos = every.toNanos();
  }

  static HangingTransactions hanging(Settings settings, CaptureMetrics metrics) {
    TopicNames topics = settings.topics();
    List<String> all =
        new ArrayList<>(
            List.of(topics.schema(), topics.captureOffsets(), topics.alarms(), topics.parked()));
    for (PolicyTable table : settings.policy().tables()) {
      all.add(topics.table(table.table()));
    }
    all.add(topics.table(PassedBeats.TABLE));
    return new HangingTransactions(
        settings.kafka(),
        new HangingTransactions.Names(
            ProducerSettings.transactionalId(settings), all, topics.captureOffsets()),
        metrics::endedHanging);
  }

  /**
   * To be called while no transaction of this capture is open.
   *
   * @throws KafkaException when Kafka fails
   */
  void lookIfDue() {
    if (!connectedAnew() && System.nanoTime() - lookedNanos < everyNanos) {
      return;
    }
    look();
  }

  private void look() {
    double now = connected();
    end(hanging);
    seen = now;
    lookedNanos = System.nanoTime();
  }

  /** To be called before a transaction is aborted: what hangs before it would be, too. */
  void beforeAbort() {
    if (connectedAnew()) {
      look();
    }
  }

  private boolean connectedAnew() {
    return connected() != seen;
  }

  private double connected() {
    return (Double) connections.metricValue();
  }

  private static void end(HangingTransactions hanging) {
    try {
      hanging.end(false);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
