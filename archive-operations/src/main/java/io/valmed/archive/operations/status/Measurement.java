package io.valmed.archive.operations.status;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of an installation at one time. A part is null when its server could not be asked;
 * {@code servers} says why.
 *
 * @param at by the clock of the host that measured
 * @param tables the policy's, in its order
 * @param sink sinks, from the archive's side
 * @param partitions of the tables' topics; empty: Kafka could not be asked
 */
public record Measurement(
    Instant at,
    String prefix,
    List<ServerSeen> servers,
    @Nullable SlotSeen slot,
    @Nullable CaptureSeen capture,
    List<PartitionSeen> partitions,
    @Nullable TripSeen trip,
    @Nullable PurgeSeen purge,
    @Nullable OpenSeen open,
    List<TableSeen> tables,
    @Nullable SinkSeen sink) {

  public Measurement {
    servers = List.copyOf(servers);
    partitions = List.copyOf(partitions);
    tables = List.copyOf(tables);
  }

  /** Where nothing is known of sinks. */
  public Measurement(
      Instant at,
      String prefix,
      List<ServerSeen> servers,
      @Nullable SlotSeen slot,
      @Nullable CaptureSeen capture,
      List<PartitionSeen> partitions,
      @Nullable TripSeen trip,
      @Nullable PurgeSeen purge,
      @Nullable OpenSeen open,
      List<TableSeen> tables) {
    this(at, prefix, servers, slot, capture, partitions, trip, purge, open, tables, null);
  }

  /** The same with another word on capture. */
  public Measurement withCapture(CaptureSeen other) {
    return new Measurement(
        at, prefix, servers, slot, other, partitions, trip, purge, open, tables, sink);
  }

  /**
   * @param server {@code hot}, {@code kafka} or {@code archive}
   * @param address host, port and database; no password
   * @param trouble why it could not be asked; null: it answered
   * @param refused whether it is there, but refuses: a person must act
   */
  public record ServerSeen(
      String server, String address, @Nullable String trouble, boolean refused) {
    /** One that answers, or is not there. */
    public ServerSeen(String server, String address, @Nullable String trouble) {
      this(server, address, trouble, false);
    }
  }

  /**
   * The replication slot, as hot shows it.
   *
   * @param exists false: the rest says nothing
   * @param reader who reads it ({@code application_name}); null: nobody
   * @param walStatus PostgreSQL's {@code wal_status}; null: no slot
   * @param retainedBytes WAL that hot keeps for it
   * @param safeBytes PostgreSQL's {@code safe_wal_size}; null: no limit is set
   * @param walLsn hot's present end of WAL, in bytes
   */
  public record SlotSeen(
      String name,
      boolean exists,
      boolean active,
      @Nullable String reader,
      @Nullable String walStatus,
      long retainedBytes,
      @Nullable Long safeBytes,
      long walLsn) {}

  /**
   * Capture, from hot's side.
   *
   * @param bytesBehind WAL that it has not confirmed as being in Kafka
   * @param decoding a large transaction that it decodes now, in words; null: none is known
   * @param snapshot how far a new epoch's snapshot is, in words; null: there is none
   * @param passedSeconds age of the newest heartbeat that is in Kafka; null: none is
   * @param spilledBytes of transactions too large for the decoder's memory, ever
   */
  public record CaptureSeen(
      long bytesBehind,
      @Nullable String decoding,
      @Nullable String snapshot,
      @Nullable Double passedSeconds,
      long spilledBytes) {
    /** Where no more is known. */
    public CaptureSeen(long bytesBehind, @Nullable String decoding, @Nullable String snapshot) {
      this(bytesBehind, decoding, snapshot, null, 0);
    }

    /** The same with other words on a large transaction. */
    public CaptureSeen withDecoding(@Nullable String words) {
      return new CaptureSeen(bytesBehind, words, snapshot, passedSeconds, spilledBytes);
    }
  }

  /**
   * One partition of a table's topic.
   *
   * @param table null: not a table's (heartbeat)
   * @param end the end that a read_committed reader can come to (last stable offset)
   * @param position the archive's; null: it has none yet, or could not be asked
   * @param written the high watermark; beyond the end where a transaction is open
   */
  public record PartitionSeen(
      String topic,
      int partition,
      @Nullable String table,
      long end,
      @Nullable Long position,
      long written) {
    /** Where no transaction is open. */
    public PartitionSeen(
        String topic, int partition, @Nullable String table, long end, @Nullable Long position) {
      this(topic, partition, table, end, position, end);
    }

    /** What the archive has not applied. */
    public long behind() {
      return Math.max(0, end - (position == null ? 0 : position));
    }
  }

  /**
   * The heartbeat's own trip through the whole way, by hot's clock.
   *
   * @param hotSeconds age of the newest heartbeat in hot
   * @param archiveSeconds age of the newest heartbeat that the archive has: everything committed
   *     before it is archived; null: none has come yet
   * @param provenSeconds how old the newest point is before which everything is archived in every
   *     partition; null: none is known
   */
  public record TripSeen(
      double hotSeconds, @Nullable Double archiveSeconds, @Nullable Double provenSeconds) {
    /** Where no such point is known. */
    public TripSeen(double hotSeconds, @Nullable Double archiveSeconds) {
      this(hotSeconds, archiveSeconds, null);
    }
  }

  /**
   * Sinks that are connected to the archive.
   *
   * @param connected how many
   * @param writing whether one is in the middle of a transaction that writes
   */
  public record SinkSeen(int connected, boolean writing) {}

  /**
   * @param running whether a worker is connected to hot
   * @param lastRun when a worker last ended a run, where that is known
   * @param holds open holds of the whole purge, in words
   * @param silentSeconds since the worker that was silent for longest last asked hot for the time;
   *     null: none is connected, or it may not be seen
   * @param resume the command that ends the oldest hold, of everything or of a table; null: nothing
   *     is held
   */
  public record PurgeSeen(
      boolean running,
      @Nullable Instant lastRun,
      List<String> holds,
      @Nullable Double silentSeconds,
      @Nullable String resume) {
    public PurgeSeen {
      holds = List.copyOf(holds);
    }

    /** Where no more is known. */
    public PurgeSeen(boolean running, @Nullable Instant lastRun, List<String> holds) {
      this(running, lastRun, holds, null, null);
    }
  }

  /**
   * What waits for a person.
   *
   * @param openPages journal pages whose outcome is not known
   * @param unwitnessedRows purged rows that have not come to the cold store in time
   * @param parked tables that capture no longer carries
   * @param unreconciledEpoch the newest epoch, where the archive has not reconciled it; 0: it has
   */
  public record OpenSeen(
      long alarms,
      long quarantined,
      long openPages,
      long unwitnessedRows,
      List<String> parked,
      int unreconciledEpoch) {
    public OpenSeen {
      parked = List.copyOf(parked);
    }

    /** Where every epoch is reconciled. */
    public OpenSeen(
        long alarms, long quarantined, long openPages, long unwitnessedRows, List<String> parked) {
      this(alarms, quarantined, openPages, unwitnessedRows, parked, 0);
    }
  }

  /**
   * One table of the policy. Numbers of rows are estimates by the servers' statistics.
   *
   * @param role {@code root}, {@code child} or {@code reference}
   * @param hotRows null: hot could not be asked; the same for the others and their servers
   * @param hotBytes with indexes and TOAST
   * @param hotIndexBytes of them the indexes
   * @param mirrorRows in the archive's mirror
   * @param coldRows in the cold store
   * @param eligibleRows settled and cold rows, when they were last counted; null: never
   * @param oldestEligible the age column's smallest value among them
   * @param purgedRows ever, by the journal
   * @param holds open holds of this table, in words
   * @param quarantined records of it that wait in quarantine
   * @param verifiedAt when hot and archive were last compared; null: never
   * @param verified {@code equal}, {@code differs} or {@code never}
   */
  public record TableSeen(
      String table,
      String role,
      @Nullable Long hotRows,
      @Nullable Long hotBytes,
      @Nullable Long hotIndexBytes,
      @Nullable Long mirrorRows,
      @Nullable Long mirrorBytes,
      @Nullable Long coldRows,
      @Nullable Long coldBytes,
      @Nullable Long eligibleRows,
      @Nullable Instant oldestEligible,
      @Nullable Long purgedRows,
      List<String> holds,
      long quarantined,
      @Nullable Instant verifiedAt,
      String verified) {
    public TableSeen {
      holds = List.copyOf(holds);
    }
  }
}
