package io.valmed.archive.sink;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.TableSchema;
import io.valmed.archive.model.change.ChangeReader;
import io.valmed.archive.model.topic.RecordHeaders;
import io.valmed.archive.runtime.settings.Settings;
import io.valmed.archive.sink.apply.Advance;
import io.valmed.archive.sink.apply.Batch;
import io.valmed.archive.sink.apply.PositionTakenException;
import io.valmed.archive.sink.apply.StoredPosition;
import io.valmed.archive.sink.postgres.ArchiveDatabase;
import io.valmed.archive.sink.postgres.quarantine.QuarantineTable;
import io.valmed.archive.sink.quarantine.QuarantinedRecord;
import io.valmed.archive.sink.quarantine.RetryOutcome;
import io.valmed.archive.sink.quarantine.StoredRecord;
import io.valmed.archive.sink.read.RecordParser;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The quarantine as an operator sees it, with the sink's own role and rules. */
public final class QuarantineService {
  private static final int ATTEMPTS = 20;

  private final Settings settings;

  public QuarantineService(Settings settings) {
    this.settings = settings;
  }

  /**
   * The records there, oldest first.
   *
   * @param settled those that are settled too
   */
  public List<QuarantinedRecord> list(boolean settled) throws SQLException {
    try (Connection archive = connect()) {
      return new QuarantineTable(archive).list(settled);
    }
  }

  /** The record of that number. */
  public Optional<QuarantinedRecord> find(long id) throws SQLException {
    try (Connection archive = connect()) {
      return new QuarantineTable(archive).find(id);
    }
  }

  /**
   * Applies the record, unless a newer change of its row has been applied, in one transaction that
   * keeps the sinks off the record's partition and settles the record.
   */
  public RetryOutcome retry(long id) throws Exception {
    try (ArchiveDatabase archive = ArchiveDatabase.open(settings, FailPoint.NONE)) {
      for (int attempt = 1; ; attempt++) {
        try {
          return retry(id, archive);
        } catch (PositionTakenException e) {
          // A sink is at work in that partition.
          if (attempt == ATTEMPTS) {
            throw e;
          }
        }
      }
    }
  }

  private static RetryOutcome retry(long id, ArchiveDatabase archive) throws Exception {
    StoredRecord record = archive.quarantined(id);
    if (record == null) {
      return RetryOutcome.stays("there is no open record " + id);
    }
    @Nullable StoredPosition position =
        archive.positions(List.of(record.partition())).get(record.partition());
    if (position == null) {
      return RetryOutcome.stays(
          "the archive has no position of " + record.partition() + ", so nothing was applied");
    }
    Batch batch = new Batch();
    if (!parser(record, archive).parse(record, batch)) {
      return RetryOutcome.stays("the archive does not have the version that the record names");
    }
    if (!batch.poisoned().isEmpty()) {
      return RetryOutcome.stays(batch.poisoned().get(0).reason());
    }
    if (batch.isEmpty()) {
      return RetryOutcome.stays("the record holds no change");
    }
    Advance standing =
        new Advance(
            record.partition(),
            position.topicId(),
            position.epoch(),
            position.position(),
            position.position());
    batch.close(List.of(standing));
    return archive.retry(id, batch);
  }

  private static RecordParser parser(StoredRecord record, ArchiveDatabase archive)
      throws SQLException {
    int named = record.number(RecordHeaders.VERSION);
    @Nullable TableSchema schema = archive.version(record.table(), named);
    boolean gone = archive.setAside(record.table(), named);
    return new RecordParser(
        Map.of(record.partition().topic(), record.table()),
        new RecordParser.Versions() {
          @Override
          public @Nullable ChangeReader reader(TableId table, int version) {
            return schema == null ? null : new ChangeReader(schema);
          }

          @Override
          public boolean setAside(TableId table, int version) {
            return gone;
          }
        });
  }

  private Connection connect() throws SQLException {
    return settings.archive().sink().connect("valmed-archive quarantine");
  }
}
