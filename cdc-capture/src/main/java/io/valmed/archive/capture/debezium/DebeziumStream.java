package io.valmed.archive.capture.debezium;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.connector.postgresql.connection.ReplicationStream;
import io.debezium.connector.postgresql.connection.WalPositionLocator;
import io.debezium.jdbc.JdbcConnection;
import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceStream;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.runtime.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stream behind the slot, through the connector's replication connection and decoder. */
public final class DebeziumStream implements SourceStream {
  private static final Logger log = LoggerFactory.getLogger(DebeziumStream.class);
  private static final Duration STATUS_EVERY = Duration.ofSeconds(5);
  private static final long POLL_MILLIS = 100;
  private static final long END_MILLIS = 1_000;

  /** Of one message, or of an answer about a table: a lost connection may not show otherwise. */
  private static final Duration LONGEST_READ = Duration.ofMinutes(3);

  private final ReplicationConnection connection;
  private final EventQueue queue;
  private final StreamPump pump;
  private final Thread thread;

  private DebeziumStream(
      ReplicationConnection connection, EventQueue queue, StreamPump pump, Thread thread) {
    this.connection = connection;
    this.queue = queue;
    this.pump = pump;
    this.thread = thread;
  }

  /**
   * Starts to stream.
   *
   * @param policy the captured tables, with the columns that are left out
   * @param lsn the end of a transaction, or the slot's own start: what was committed behind it
   *     comes, all of it and nothing else
   * @throws Exception what {@code FailureKind} classifies
   */
  public static DebeziumStream start(Settings settings, List<PolicyTable> policy, long lsn)
      throws Exception {
    Configuration configuration = Configuration.from(ConnectorProperties.of(settings));
    PostgresConnectorConfig connector = new PostgresConnectorConfig(configuration);
    AnnouncedTables tables = new AnnouncedTables(configuration, connector, policy);
    try {
      ReplicationConnection connection = connect(connector, tables);
      return stream(connection, tables, lsn);
    } catch (RuntimeException e) {
      throw ConnectorFailure.causeOf(e);
    }
  }

  private static ReplicationConnection connect(
      PostgresConnectorConfig connector, AnnouncedTables tables) {
    PostgresConnection catalog =
        new PostgresConnection(
            connector, PostgresConnection.createTypeRegistry(connector.getJdbcConfig()), "catalog");
    try {
      return ReplicationConnection.builder(connector)
          .withSlot(connector.slotName())
          .withPublication(connector.publicationName())
          .withTableFilter(connector.getTableFilters())
          .withPublicationAutocreateMode(PostgresConnectorConfig.AutoCreateMode.DISABLED)
          .withPlugin(connector.plugin())
          .dropSlotOnClose(false)
          .statusUpdateInterval(STATUS_EVERY)
          .withTypeRegistry(new PlainTextTypes(catalog))
          .withSchema(tables)
          .jdbcMetadataConnection(catalog)
          .build();
    } catch (RuntimeException e) {
      catalog.close();
      throw e;
    }
  }

  private static DebeziumStream stream(
      ReplicationConnection connection, AnnouncedTables tables, long lsn) throws Exception {
    try {
      // Without a position to look for it passes on all that the server sends. See docs/adr/0011.
      ReplicationStream stream =
          connection.startStreaming(Lsn.valueOf(lsn), new WalPositionLocator());
      tables.announcedWith(
          ((JdbcConnection) connection).connection().unwrap(ReplicaIdentities.class));
      EventQueue queue = new EventQueue();
      StreamPump pump = new StreamPump(stream, new EventReader(tables), queue, lsn);
      Thread thread = new Thread(pump, "capture-stream");
      thread.setDaemon(true);
      thread.start();
      return new DebeziumStream(connection, queue, pump, thread);
    } catch (Exception | Error e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public List<SourceEvent> poll() throws Exception {
    List<SourceEvent> events = queue.take(POLL_MILLIS);
    Throwable failure = pump.failure();
    if (failure == null && pump.stuck().compareTo(LONGEST_READ) > 0) {
      throw new TimeoutException(
          "hot has not gone on with the stream for " + LONGEST_READ.toSeconds() + " s");
    }
    ConnectorFailure.raise(failure);
    return events;
  }

  @Override
  public void acknowledge(long lsn) {
    pump.acknowledge(lsn);
  }

  @Override
  public void close() {
    pump.end();
    boolean interrupted = false;
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    thread.interrupt();
    // Also when told to hurry: hot keeps the slot for a connection that is left open.
    try {
      connection.close();
    } catch (Exception e) {
      log.debug("the stream did not end in order", e);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
