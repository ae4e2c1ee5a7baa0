package io.valmed.archive.sink;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.RecordHeaders;
import io.valmed.archive.runtime.LifeSign;
import io.valmed.archive.runtime.Work;
import io.valmed.archive.runtime.settings.SinkSettings;
import io.valmed.archive.sink.apply.ArchiveThread;
import io.valmed.archive.sink.apply.Batch;
import io.valmed.archive.sink.apply.OwnedPartitions;
import io.valmed.archive.sink.apply.TableFaultException;
import io.valmed.archive.sink.epoch.AlarmFollower;
import io.valmed.archive.sink.epoch.EpochGate;
import io.valmed.archive.sink.epoch.Reconciliation;
import io.valmed.archive.sink.epoch.SchemaFollower;
import io.valmed.archive.sink.read.AlarmTopic;
import io.valmed.archive.sink.read.ChangeTopics;
import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.RecordParser;
import io.valmed.archive.sink.read.SchemaCatalog;
import io.valmed.archive.sink.read.SchemaTopic;
import io.valmed.archive.sink.read.TopicRecord;
import io.valmed.archive.sink.read.UnknownVersions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Reads the topics batch by batch while the archive's thread applies the batch before.
 *
 * <p>A step polls until the archive is free or the batch is full, waits for the batch under way,
 * and hands over the next one with the positions behind it.
 */
public final class SinkWork implements Work {
  private static final Duration IDLE_POLL = Duration.ofMillis(200);
  private static final Duration BUSY_POLL = Duration.ofMillis(20);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);
  private static final Duration SHOW_EVERY = Duration.ofSeconds(2);
  private static final Duration LOOK_AFTER = Duration.ofMillis(500);

  private final ChangeTopics topics;
  private final SchemaTopic schemaTopic;
  private final AlarmFollower alarms;
  private final ArchiveThread archive;
  private final Map<String, TableId> tables;
  private final SinkSettings settings;
  private final LifeSign life;
  private final FailPoint failPoint;
  private final SchemaCatalog catalog = new SchemaCatalog();
  private final EpochGate gate;
  private final Reconciliation reconciliation;
  private final SchemaFollower follower;
  private final UnknownVersions unknown = new UnknownVersions();
  private final RecordParser parser;
  private final OwnedPartitions owned;
  private long shownAt = System.nanoTime() - SHOW_EVERY.toNanos();
  private long lookedAt = System.nanoTime();

  /** The topics that a sink reads. */
  public record Topics(ChangeTopics changes, SchemaTopic schema, AlarmTopic alarms) {}

  public SinkWork(
      Topics topics,
      ArchiveThread archive,
      Map<String, TableId> tables,
      SinkSettings settings,
      SinkMetrics metrics,
      LifeSign life,
      FailPoint failPoint) {
    this.topics = topics.changes();
    this.schemaTopic = topics.schema();
    this.alarms = new AlarmFollower(topics.alarms(), archive, metrics);
    this.archive = archive;
    this.tables = tables;
    this.settings = settings;
    this.life = life;
    this.failPoint = failPoint;
    this.gate = new EpochGate(catalog, tables);
    this.reconciliation = new Reconciliation(archive, catalog, gate, metrics);
    this.follower =
        new SchemaFollower(schemaTopic, archive, tables.values(), catalog, gate, metrics);
    this.parser = new RecordParser(tables, follower);
    this.owned = new OwnedPartitions(archive, catalog);
  }

  /** Learns all versions and epochs, makes what the archive lacks, joins the other sinks. */
  public void start() throws Exception {
    follower.start();
    alarms.start();
    topics.subscribe(tables.keySet(), owned);
  }

  @Override
  public Next step() throws Exception {
    lookAfterEpochs();
    Batch batch = collect();
    owned.refuseAnotherTopic(topics);
    try {
      while (!archive.finished(KEEP_ALIVE)) {
        topics.keepAlive();
      }
    } catch (TableFaultException e) {
      follower.refuse(e);
      owned.readAgain(topics);
      return Next.AGAIN;
    }
    // Here nothing is under way, so that what is taken is applied.
    if (System.nanoTime() - shownAt >= SHOW_EVERY.toNanos()) {
      topics.show(owned.taken());
      shownAt = System.nanoTime();
    }
    batch.close(owned.advance(topics, batch));
    if (!batch.advances().isEmpty()) {
      archive.submit(batch);
    }
    return Next.AGAIN;
  }

  @Override
  public void close() {
    archive.close();
    topics.close();
    schemaTopic.close();
    alarms.close();
  }

  private Batch collect() throws Exception {
    Batch batch = owned.collect();
    while (true) {
      life.give();
      boolean busy = archive.busy();
      List<TopicRecord> polled = topics.poll(busy ? BUSY_POLL : IDLE_POLL);
      if (!polled.isEmpty()) {
        failPoint.reached(FailPoint.Boundary.POLLED);
        add(polled, batch);
      }
      if (batch.atLeast(settings.batchRecords(), settings.batchBytes()) || !busy) {
        return batch;
      }
    }
  }

  private void add(List<TopicRecord> polled, Batch batch) throws Exception {
    learnOfEpochs(polled);
    Set<Partition> waiting = new HashSet<>(owned.goBack(topics));
    for (TopicRecord record : polled) {
      Partition partition = record.partition();
      if (waiting.contains(partition)) {
        continue;
      }
      if (!gate.admits(record)) {
        gate.held(partition);
      } else if (!follower.refused(table(record), partition) && parser.parse(record, batch)) {
        continue;
      } else if (!follower.stopped(table(record), partition)) {
        unknown.held(record);
      }
      topics.hold(partition, record.offset());
      waiting.add(partition);
    }
  }

  /**
   * Before records of an epoch whose snapshot is not known to be complete are applied, looks
   * whether it is by now. Capture commits that word before anything that follows the snapshot, so
   * none of these records can be behind an end that is not known after this.
   */
  private void learnOfEpochs(List<TopicRecord> polled) throws Exception {
    int last = 0;
    for (TopicRecord record : polled) {
      int epoch = record.number(RecordHeaders.EPOCH);
      if (epoch != last && epoch > 1 && !catalog.snapshotComplete(epoch)) {
        follower.learn();
        return;
      }
      last = epoch;
    }
  }

  /** From time to time: records that wait for a version, stopped tables, epochs to reconcile. */
  private void lookAfterEpochs() throws Exception {
    if (System.nanoTime() - lookedAt < LOOK_AFTER.toNanos()) {
      return;
    }
    topics.release(unknown.release());
    topics.release(follower.tryAgain());
    topics.release(reconciliation.step(topics::keepAlive));
    alarms.look(topics::keepAlive);
    if (!archive.busy()) {
      follower.learn();
      owned.goBack(topics);
    }
    lookedAt = System.nanoTime();
  }

  private TableId table(TopicRecord record) {
    return Objects.requireNonNull(tables.get(record.partition().topic()));
  }
}
