package io.valmed.archive.sink.epoch;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.topic.Epoch;
import io.valmed.archive.sink.SinkMetrics;
import io.valmed.archive.sink.apply.ArchiveThread;
import io.valmed.archive.sink.read.Partition;
import io.valmed.archive.sink.read.SchemaCatalog;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the archive reconcile what is due, lets the tables that are through go on, and tells which
 * ones wait for a person.
 */
public final class Reconciliation {
  private static final Logger log = LoggerFactory.getLogger(Reconciliation.class);

  private final ArchiveThread archive;
  private final SchemaCatalog catalog;
  private final EpochGate gate;
  private final SinkMetrics metrics;
  private Map<TableId, String> told = Map.of();

  public Reconciliation(
      ArchiveThread archive, SchemaCatalog catalog, EpochGate gate, SinkMetrics metrics) {
    this.archive = archive;
    this.catalog = catalog;
    this.gate = gate;
    this.metrics = metrics;
  }

  /**
   * Looks what is due now.
   *
   * @return the partitions that go on
   */
  public Set<Partition> step(ArchiveThread.WorkMeanwhile meanwhile) throws Exception {
    Set<Partition> free = new HashSet<>();
    Map<TableId, String> held = new HashMap<>();
    for (Map.Entry<Integer, Set<TableId>> due : gate.pending().entrySet()) {
      Epoch epoch = catalog.epoch(due.getKey());
      boolean newer = catalog.completeAfter(due.getKey());
      archive
          .call(() -> archive.archive().reconcile(epoch, due.getValue(), newer), meanwhile)
          .forEach(
              (table, outcome) -> {
                if (outcome instanceof Reconciling.Settled) {
                  free.addAll(gate.open(epoch.number(), table));
                } else if (outcome instanceof Reconciling.Held waits) {
                  held.put(table, waits.sentence());
                }
              });
    }
    tell(held);
    free.addAll(gate.freed());
    return free;
  }

  private void tell(Map<TableId, String> held) {
    held.forEach(
        (table, sentence) -> {
          if (!sentence.equals(told.get(table))) {
            log.error("not reconciled table={}: {}", table, sentence);
          }
        });
    told = held;
    metrics.unreconciled(held);
  }
}
