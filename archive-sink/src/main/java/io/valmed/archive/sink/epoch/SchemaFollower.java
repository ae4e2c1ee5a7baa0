package io.valmed.archive.sink.epoch;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.ChangeReader;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.model.topic.SchemaRecord;
import io.valmed.archive.sink.SinkMetrics;
import io.valmed.archive.sink.apply.Archive;
import io.valmed.archive.sink.apply.ArchiveThread;
import io.valmed.archive.sink.apply.IncompatibleTableException;
import io.valmed.archive.sink.apply.StoppedTables;
import io.valmed.archive.sink.apply.TableFaultException;
import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.RecordParser;
import io.valmed.archive.sink.read.SchemaCatalog;
import io.valmed.archive.sink.read.SchemaTopic;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns versions and epochs from the schema topic and has the archive make what it lacks for them.
 * A table whose version does not fit stops alone: its purge is held, and it is tried again.
 */
public final class SchemaFollower implements RecordParser.Versions {
  private static final Logger log = LoggerFactory.getLogger(SchemaFollower.class);

  private final SchemaTopic schemaTopic;
  private final ArchiveThread archive;
  private final Set<TableId> tables;
  private final SchemaCatalog catalog;
  private final EpochGate gate;
  private final SinkMetrics metrics;
  private final StoppedTables stopped = new StoppedTables();
  private Map<TableId, String> told = Map.of();

  /**
   * @param tables those this sink reads; versions of others are passed over
   */
  public SchemaFollower(
      SchemaTopic schemaTopic,
      ArchiveThread archive,
      Collection<TableId> tables,
      SchemaCatalog catalog,
      EpochGate gate,
      SinkMetrics metrics) {
    this.schemaTopic = schemaTopic;
    this.archive = archive;
    this.tables = Set.copyOf(tables);
    this.catalog = catalog;
    this.gate = gate;
    this.metrics = metrics;
  }

  /**
   * Learns everything there is, and lifts the holds of tables that fit by now.
   *
   * @throws TimeoutException while the archive knows a newer epoch than the topics: they were lost
   *     or put back, and what they tell may be another history; a new epoch ends that
   */
  public void start() throws Exception {
    List<SchemaRecord> all = schemaTopic.readToEnd();
    compare(all);
    int archived = archive.call(() -> archive.archive().newestEpoch());
    int inTopics =
        all.stream()
            .filter(SchemaRecord.EpochState.class::isInstance)
            .mapToInt(record -> ((SchemaRecord.EpochState) record).epoch().number())
            .max()
            .orElse(0);
    if (archived > inTopics) {
      throw new TimeoutException(
          "The archive knows epoch %d, but the newest that the schema topic tells of is %d: Kafka was put back or lost its topics, or they belong to another history. Nothing is applied before a newer epoch begins; run './archive capture --new-epoch --after %d'."
              .formatted(archived, inTopics, archived));
    }
    learn(all);
    tell();
  }

  /** Learns what has come since. */
  public void learn() throws Exception {
    learn(schemaTopic.readToEnd());
  }

  private void learn(List<SchemaRecord> news) throws Exception {
    compare(news);
    List<TableSchema> versions =
        news.stream()
            .filter(SchemaRecord.TableVersion.class::isInstance)
            .map(r -> ((SchemaRecord.TableVersion) r).schema())
            .filter(v -> tables.contains(v.table()))
            .sorted(Comparator.comparingInt(TableSchema::version))
            .toList();
    for (TableSchema version : versions) {
      if (stopped.stopped(version.table())) {
        stopped.queue(version);
      } else {
        tryVersion(version);
      }
    }
    for (SchemaRecord record : news) {
      if (record instanceof SchemaRecord.EpochState state) {
        Epoch epoch = state.epoch();
        catalog.add(epoch);
        gate.openAlready(epoch, archive.call(() -> noted(epoch)));
      }
    }
    gate.look();
    if (!stopped.reasons().keySet().equals(told.keySet())) {
      tell();
    }
  }

  @Override
  public @Nullable ChangeReader reader(TableId table, int version) throws Exception {
    ChangeReader reader = catalog.reader(table, version);
    if (reader == null && !stopped.stopped(table)) {
      learn();
      reader = catalog.reader(table, version);
    }
    return reader;
  }

  @Override
  public boolean setAside(TableId table, int version) {
    return catalog.setAside(table, version);
  }

  /** Whether the table waits; then the partition goes on when the table does. */
  public boolean stopped(TableId table, Partition partition) {
    stopped.held(table, partition);
    return stopped.stopped(table);
  }

  /**
   * Sees from time to time whether stopped tables fit by now; returns the partitions to go on with.
   */
  public Set<Partition> tryAgain() throws Exception {
    if (!stopped.dueAgain()) {
      return Set.of();
    }
    Set<Partition> free = new HashSet<>();
    List<TableId> due = stopped.due();
    for (TableId table : due) {
      List<TableSchema> waiting = stopped.waiting(table);
      Set<Partition> held = stopped.resume(table);
      archive.call(() -> archive.archive().lookAgain(table));
      for (TableSchema version : catalog.versions(table)) {
        tryVersion(version);
      }
      for (TableSchema version : waiting) {
        if (stopped.stopped(table)) {
          stopped.queue(version);
        } else {
          tryVersion(version);
        }
      }
      free.addAll(held);
    }
    if (!due.isEmpty()) {
      tell();
    }
    return free;
  }

  /** The archive refused changes of that table: it stops alone. */
  public void refuse(TableFaultException fault) throws Exception {
    stopped.refuse(fault.table(), String.valueOf(fault.getMessage()));
    tell();
  }

  /** Whether nothing of the table is applied; then the partition goes on when the table does. */
  public boolean refused(TableId table, Partition partition) {
    if (!stopped.refused(table)) {
      return false;
    }
    stopped.held(table, partition);
    return true;
  }

  private void tryVersion(TableSchema version) throws Exception {
    try {
      Archive.Fit fit = archive.call(() -> archive.archive().ensureVersion(version));
      catalog.add(version, fit == Archive.Fit.SET_ASIDE);
    } catch (IncompatibleTableException e) {
      stopped.stop(version, String.valueOf(e.getMessage()));
    }
  }

  /** Tells the world which tables stand still, and holds their purge. */
  private void tell() throws Exception {
    Map<TableId, String> now = stopped.reasons();
    now.forEach(
        (table, reason) -> {
          if (!reason.equals(told.get(table))) {
            log.error("stopped table={}: {}", table, reason);
          }
        });
    told.keySet().stream()
        .filter(table -> !now.containsKey(table))
        .forEach(table -> log.info("goes on table={}", table));
    told = now;
    metrics.stopped(now);
    archive.call(
        () -> {
          archive.archive().holdPurge(tables, now);
          return true;
        });
  }

  /**
   * Of several, the last says whose history the topics hold; before anything is made or applied.
   */
  private void compare(List<SchemaRecord> news) throws Exception {
    SchemaRecord.Installed last = null;
    for (SchemaRecord record : news) {
      if (record instanceof SchemaRecord.Installed installed) {
        last = installed;
      }
    }
    if (last != null) {
      SchemaRecord.Installed found = last;
      archive.call(() -> compared(found));
    }
  }

  private boolean compared(SchemaRecord.Installed installed) throws Exception {
    archive.archive().compare(installed);
    return true;
  }

  /** Notes the epoch; returns the tables that are through with it. */
  private Set<TableId> noted(Epoch epoch) throws Exception {
    archive.archive().noteEpoch(epoch);
    return archive.archive().settled(epoch);
  }
}
