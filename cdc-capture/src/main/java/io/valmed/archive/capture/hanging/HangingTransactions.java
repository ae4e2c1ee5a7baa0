package io.valmed.archive.capture.hanging;

import io.valmed.archive.runtime.StopException;
import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.runtime.kafka.OpenTransaction;
import io.valmed.archive.runtime.kafka.OpenTransactions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends capture's transactions that hang: a broker that is stopped while markers are on their way
 * may forget the rest of them when it is back, though the coordinator calls the transaction
 * complete (KAFKA-20734). Each is ended in its place, as the offsets topic was: so nothing is lost,
 * moved or there twice. To be called between transactions, by whoever has the slot.
 */
public final class HangingTransactions {
  private static final Logger logger = LoggerFactory.getLogger(HangingTransactions.class);
  private static final Duration ENDING_LIMIT = Duration.ofSeconds(30);
  private static final long ASK_AGAIN_MILLIS = 200;

  /** From this on each transaction has a producer's epoch of its own. */
  private static final short AN_EPOCH_EACH = 2;

  private final KafkaAccess kafka;
  private final Names names;
  private final Runnable ended;

  /** Transactions that this capture found under way, and has aborted by opening. */
  private final Set<String> fenced = new HashSet<>();

  /**
   * Whose they are and where.
   *
   * @param transactionalId capture's
   * @param topics all that capture writes
   * @param offsets the one of them that each transaction writes
   */
  public record Names(String transactionalId, Collection<String> topics, String offsets) {}

  /**
   * @param ended is told of each that was ended
   */
  public HangingTransactions(KafkaAccess kafka, Names names, Runnable ended) {
    this.kafka = kafka;
    this.names = names;
    this.ended = ended;
  }

  /**
   * Ends what hangs. Afterwards nothing is open but what the coordinator knows to be.
   *
   * @param abandon a new epoch copies all tables: what cannot be told is made visible before
   * @throws StopException when one cannot be told, or may not be ended
   * @throws KafkaException when Kafka fails
   */
  public void end(boolean abandon) throws InterruptedException {
    try (Admin admin = Admin.create(kafka.clientProperties(names.transactionalId() + "-ends"))) {
      OpenTransactions open = new OpenTransactions(admin, names.topics());
      List<OpenTransaction> found = settled(open);
      for (OpenTransaction one : found) {
        if (!one.hangs() && ours(one)) {
          fenced.add(name(one, one.epoch()));
        }
      }
      if (!found.isEmpty()) {
        end(admin, found, abandon);
      }
    }
  }

  /** What is open, when the coordinator has ended what it was about to end. */
  private static List<OpenTransaction> settled(OpenTransactions open) throws InterruptedException {
    long giveUp = System.nanoTime() + ENDING_LIMIT.toNanos();
    List<OpenTransaction> found = open.find();
    while (found.stream().anyMatch(OpenTransaction::ending)) {
      if (System.nanoTime() > giveUp) {
        throw new TimeoutException("Kafka has not ended a transaction within " + ENDING_LIMIT);
      }
      TimeUnit.MILLISECONDS.sleep(ASK_AGAIN_MILLIS);
      found = open.find();
    }
    return found;
  }

  private void end(Admin admin, List<OpenTransaction> found, boolean abandon)
      throws InterruptedException {
    try (BrokerRequests requests =
        new BrokerRequests(kafka, names.transactionalId() + "-ends", admin)) {
      List<Written> hanging = new ArrayList<>();
      for (OpenTransaction one : found) {
        if (!ours(one)) {
          if (one.hangs()) {
            throw new StopException(one.sentence() + notOurs(one.partition(), one.start()));
          }
          continue;
        }
        Written written = written(requests, one);
        if (!written.epochs().isEmpty()) {
          hanging.add(written);
        }
      }
      if (hanging.isEmpty()) {
        return;
      }
      long since = hanging.stream().mapToLong(Written::since).min().orElseThrow();
      @Nullable OffsetsEvidence evidence =
          epochEach(admin) ? new OffsetsEvidence(requests, admin, names.offsets(), since) : null;
      // The evidence itself last: until then a capture that was killed decides the same again.
      hanging.sort(Comparator.comparing(one -> inOffsets(one.open())));
      for (Written one : hanging) {
        Fate fate = evidence == null ? Fate.UNKNOWN : fate(evidence, one);
        end(requests, one.open(), fate, abandon);
      }
    }
  }

  private boolean inOffsets(OpenTransaction open) {
    return open.partition().topic().equals(names.offsets());
  }

  /**
   * What stands in a partition behind the last end there.
   *
   * @param epochs the producer's; without what the coordinator will end itself
   * @param since the clients' time of the first record, in milliseconds of the epoch
   */
  private record Written(OpenTransaction open, Set<Short> epochs, long since) {}

  /** More than one epoch when the next transaction was written behind what hangs. */
  private static Written written(BrokerRequests requests, OpenTransaction open)
      throws InterruptedException {
    Set<Short> epochs = new TreeSet<>();
    long[] since = {open.producer().lastTimestamp()};
    requests.batches(
        open.partition(),
        open.start(),
        batch -> {
          if (batch.producerId() == open.producer().producerId() && !batch.isControlBatch()) {
            epochs.add(batch.producerEpoch());
            since[0] = Math.min(since[0], batch.maxTimestamp());
          }
          return !epochs.contains(open.epoch());
        });
    if (!open.hangs()) {
      epochs.remove(open.epoch());
    }
    return new Written(open, epochs, since[0]);
  }

  private void end(BrokerRequests requests, OpenTransaction open, Fate fate, boolean abandon)
      throws InterruptedException {
    if (fate == Fate.NOT_COUNTED && !open.hangs()) {
      // Aborted together with what is under way.
      return;
    }
    if (fate == Fate.UNKNOWN && !abandon) {
      throw new StopException(
          open.sentence()
              + " Whether capture counts its changes cannot be told any more. Run './archive capture --new-epoch': what it holds becomes visible, and the tables are copied behind it.");
    }
    boolean commit = fate != Fate.NOT_COUNTED;
    if (!write(requests, open, commit)) {
      // Somebody was faster.
      return;
    }
    logger.warn(
        "{} {}: it is {} now, in its place.",
        open.sentence(),
        switch (fate) {
          case COUNTED -> "Capture's offset counts its changes";
          case NOT_COUNTED -> "Capture's offset does not count its changes";
          case UNKNOWN -> "A new epoch copies the tables behind it";
        },
        commit ? "committed" : "aborted");
    ended.run();
  }

  private static boolean write(BrokerRequests requests, OpenTransaction open, boolean commit)
      throws InterruptedException {
    try {
      return requests.end(open, commit);
    } catch (KafkaException e) {
      if (e.getCause() instanceof ClusterAuthorizationException) {
        throw new StopException(
            open.sentence()
                + " Capture could end it, but may not: give its user Alter for the cluster ('kafka-acls.sh --add --operation Alter --cluster') and start it again. Nothing is lost meanwhile; do not abort the transaction.",
            e);
      }
      throw e;
    }
  }

  /** One that counts decides: what it holds would be lost, what is there twice is recognized. */
  private Fate fate(OffsetsEvidence evidence, Written written) throws InterruptedException {
    OpenTransaction open = written.open();
    Map<Short, Fate> told = evidence.fates(open.producer().producerId());
    Fate all = Fate.NOT_COUNTED;
    for (short epoch : written.epochs()) {
      Fate fate = told.getOrDefault(epoch, Fate.UNKNOWN);
      if (fate == Fate.UNKNOWN) {
        fate = asCoordinated(open, epoch);
      }
      if (fate == Fate.COUNTED) {
        // The offset of what is under way would count with it, before all of that is there.
        return inOffsets(open) && !open.hangs() ? Fate.UNKNOWN : fate;
      }
      if (fate == Fate.UNKNOWN) {
        all = fate;
      }
    }
    return all;
  }

  /** For the newest transaction alone the coordinator knows how it was ended. */
  private Fate asCoordinated(OpenTransaction open, short epoch) {
    if (fenced.contains(name(open, epoch))) {
      return Fate.NOT_COUNTED;
    }
    TransactionDescription known = open.coordinator();
    // Ending one takes the producer to the next epoch.
    if (known == null
        || known.producerId() != open.producer().producerId()
        || known.producerEpoch() != epoch + 1) {
      return Fate.UNKNOWN;
    }
    if (known.state() == TransactionState.COMPLETE_ABORT) {
      return Fate.NOT_COUNTED;
    }
    // A capture goes on with the next epoch behind a commit only; another one skips it.
    return known.state() == TransactionState.COMPLETE_COMMIT
            || known.state() == TransactionState.ONGOING
        ? Fate.COUNTED
        : Fate.UNKNOWN;
  }

  private static String name(OpenTransaction open, short epoch) {
    return open.producer().producerId() + "/" + epoch;
  }

  private boolean ours(OpenTransaction open) {
    return open.transactionalId() == null || open.transactionalId().equals(names.transactionalId());
  }

  private static String notOurs(TopicPartition partition, long start) {
    return " It is not capture's: run 'kafka-transactions.sh abort --topic %s --partition %d --start-offset %d', and start capture again."
        .formatted(partition.topic(), partition.partition(), start);
  }

  private static boolean epochEach(Admin admin) throws InterruptedException {
    FinalizedVersionRange version =
        OpenTransactions.answer(admin.describeFeatures().featureMetadata())
            .finalizedFeatures()
            .get("transaction.version");
    return version != null && version.maxVersionLevel() >= AN_EPOCH_EACH;
  }
}
