package io.valmed.archive.capture.kafka;

import io.valmed.archive.capture.event.Alarm;
import io.valmed.archive.capture.event.SourceEvent.Place;
import io.valmed.archive.capture.stream.ChangeLog;
import io.valmed.archive.capture.stream.TableRoute;
import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.Change;
import io.valmed.archive.model.change.ChangeWriter;
import io.valmed.archive.model.change.DepartureCause;
import io.valmed.archive.model.change.Evidence;
import io.valmed.archive.model.change.MalformedChangeException;
import io.valmed.archive.model.change.Operation;
import io.valmed.archive.model.change.RowImage;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.topic.RecordHeaders;
import io.valmed.archive.model.topic.SchemaRecord;
import io.valmed.archive.model.topic.SchemaRecord.EpochState;
import io.valmed.archive.model.topic.SchemaRecord.ParkedReturned;
import io.valmed.archive.model.topic.SchemaRecord.TableVersion;
import io.valmed.archive.runtime.settings.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what left hot while its table was parked to the cold store. The snapshot of the next epoch
 * copies the rows that are there by then; of those that came and went in between only the parked
 * topic tells. Each becomes a departure behind the snapshot, with its old evidence: it adds to the
 * cold store and takes nothing out of the mirror, where another row may have its key. See
 * docs/adr/0148.
 *
 * <p>Done again after a crash, it says the same again. Reads the records twice, and keeps about 400
 * bytes for each key that was changed while its table was parked.
 */
public final class ParkedRows {
  private static final Logger logger = LoggerFactory.getLogger(ParkedRows.class);

  private final Settings settings;
  private final ChangeLog log;
  private final int epoch;
  private final ParkedVersions versions = new ParkedVersions();
  private final Map<String, TableId> tables = new HashMap<>();
  private final Map<String, Long> home = new TreeMap<>();
  private final Map<String, Long> left = new TreeMap<>();
  private final InTime commits;
  private long snapshotLsn;
  private long from;

  /**
   * @param epoch the present one, whose snapshot is whole
   * @param tables the captured ones
   */
  public ParkedRows(Settings settings, ChangeLog log, List<PolicyTable> tables, int epoch) {
    this.settings = settings;
    this.log = log;
    this.epoch = epoch;
    this.commits = new InTime(log, settings.capture());
    tables.forEach(table -> this.tables.put(table.table().toString(), table.table()));
  }

  /**
   * Brings all that is not home yet, and commits it.
   *
   * @return the tables of which something could not be brought
   */
  public Map<String, Long> bringHome() {
    try (WholeTopic topics = new WholeTopic(settings.kafka(), settings.prefix() + "-parked")) {
      readSchemas(topics);
      TopicPartition parked = new TopicPartition(settings.topics().parked(), 0);
      long end = topics.end(parked);
      if (from > end) {
        // The topic has lost its end: what was parked since is looked at, again if need be.
        from = 0;
      }
      if (epoch == 1 || from == end) {
        return left;
      }
      ParkedLeavers leavers = new ParkedLeavers(versions);
      long[] until = {from};
      boolean[] open = {true};
      topics.read(
          parked,
          from,
          end,
          record -> {
            @Nullable ParkedChange change = ParkedChange.read(record);
            open[0] &= change == null || before(record, change);
            if (open[0]) {
              until[0] = record.offset() + 1;
              leavers.see(
                  record.offset(),
                  Math.max(0, record.serializedValueSize()),
                  ParkedChange.table(record),
                  change);
            }
          });
      leavers.read(topics, parked, commits::read, this::depart);
      leavers.unread().forEach((table, rows) -> left.merge(table, rows, Long::sum));
      if (until[0] > from) {
        log.schema(new ParkedReturned(settings.prefix(), until[0]));
        tell(until[0]);
      }
      log.commit();
      return left;
    }
  }

  private void readSchemas(WholeTopic topics) {
    for (ConsumerRecord<byte[], byte[]> record : topics.read(settings.topics().schema())) {
      if (record.value() == null) {
        continue;
      }
      try {
        SchemaRecord read = SchemaRecord.read(record.value());
        if (read instanceof TableVersion version) {
          versions.add(version.schema());
        } else if (read instanceof EpochState state && state.epoch().number() == epoch) {
          snapshotLsn = state.epoch().snapshotLsn();
        } else if (read instanceof ParkedReturned returned) {
          from = returned.next();
        }
      } catch (MalformedChangeException e) {
        throw KafkaHistory.foreign(settings.topics().schema(), e);
      }
    }
  }

  /** Whether the record is of a time before the epoch's snapshot. */
  private boolean before(ConsumerRecord<byte[], byte[]> record, ParkedChange change) {
    Header header = record.headers().lastHeader(RecordHeaders.EPOCH);
    int parkedIn = header == null ? change.evidence().epoch() : ParkedChange.number(header);
    return parkedIn < epoch
        || (parkedIn == epoch && Long.compareUnsigned(change.evidence().lsn(), snapshotLsn) < 0);
  }

  private void depart(ParkedLeavers.Left row) {
    TableSchema schema = row.schema();
    @Nullable TableId table = tables.get(schema.table().toString());
    if (table == null || !versions.newestHasKeyOf(schema)) {
      left.merge(schema.table().toString(), 1L, Long::sum);
      return;
    }
    Evidence seen = row.evidence();
    // An epoch before this one: rows of the mirror, which are of this one, stay.
    Evidence evidence =
        new Evidence(
            Math.min(seen.epoch(), epoch - 1), seen.lsn(), seen.txid(), seen.committedAtMicros());
    DepartureCause cause = row.cause();
    RowImage image = row.image();
    TableRoute route =
        TableRoute.again(
            settings.topics().table(table), new ChangeWriter(settings.prefix(), schema), epoch);
    log.departureAlone(
        route,
        route.rowKey(image),
        route.departureKey(image, evidence),
        route.value(new Change(Operation.DELETE, evidence, cause, image, null)));
    home.merge(table.toString(), 1L, Long::sum);
    commits.appended();
  }

  private void tell(long until) {
    home.forEach(
        (table, rows) ->
            logger.info(
                "rows that left hot while their table was parked go to the cold store table={} rows={}",
                table,
                rows));
    left.forEach(
        (name, rows) -> {
          String told =
              "While table %2$s was parked, %1$,d of its rows left hot in a form that its topic does not take now: they are in topic %3$s alone, before offset %4$d."
                  .formatted(rows, name, settings.topics().parked(), until);
          logger.warn("{}", told);
          @Nullable TableId table = tables.get(name);
          log.alarm(new Alarm("parked", table, told, new Place(snapshotLsn, 0, 0, null), epoch));
        });
  }
}
