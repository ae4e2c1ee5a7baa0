package io.valmed.archive.capture.hanging;

import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.runtime.kafka.OpenTransaction;
import io.valmed.archive.runtime.kafka.OpenTransactions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.DefaultHostResolver;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest.TxnMarkerEntry;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * The two requests that no client of Kafka's offers: a partition's batches with their producers and
 * markers, and a transaction's end, as a coordinator writes it. Built from the parts that {@code
 * kafka-clients} builds its own clients from.
 */
final class BrokerRequests implements AutoCloseable {
  private static final int ANSWER_MILLIS = 15_000;
  private static final int WAIT_MILLIS = 100;
  private static final int FETCH_BYTES = 8 * 1024 * 1024;

  /** The last that calls topics by name. */
  private static final short FETCH_VERSION = 12;

  private final Admin admin;
  private final Metrics metrics = new Metrics();
  private final ManualMetadataUpdater nodes = new ManualMetadataUpdater();
  private final NetworkClient client;

  /** What is done with each batch. */
  @FunctionalInterface
  interface Each {
    /** Whether the next one is wanted. */
    boolean take(RecordBatch batch);
  }

  /**
   * @param admin finds the leaders; closed by the caller
   */
  BrokerRequests(KafkaAccess kafka, String clientId, Admin admin) {
    this.admin = admin;
    Map<String, Object> properties = new HashMap<>(kafka.clientProperties(clientId));
    properties.put("request.timeout.ms", ANSWER_MILLIS);
    AdminClientConfig config = new AdminClientConfig(properties);
    LogContext log = new LogContext("[" + clientId + "] ");
    this.client =
        ClientUtils.createNetworkClient(
            config,
            clientId,
            metrics,
            "hanging",
            log,
            new ApiVersions(),
            Time.SYSTEM,
            1,
            ANSWER_MILLIS,
            null,
            nodes,
            new DefaultHostResolver(),
            null,
            null);
  }

  /**
   * Reads a partition's batches, also those that are not committed, from one offset to its end as
   * it was when the call began.
   *
   * @throws KafkaException when Kafka fails
   */
  void batches(TopicPartition partition, long from, Each each) throws InterruptedException {
    long next = from;
    long end = end(partition);
    Node leader = leader(partition);
    while (next < end) {
      FetchRequest.Builder request =
          FetchRequest.Builder.forConsumer(
                  FETCH_VERSION,
                  WAIT_MILLIS,
                  1,
                  Map.of(
                      partition,
                      new FetchRequest.PartitionData(
                          Uuid.ZERO_UUID, next, 0, FETCH_BYTES, Optional.empty())))
              .isolationLevel(IsolationLevel.READ_UNCOMMITTED)
              .setMaxBytes(FETCH_BYTES);
      FetchResponse response = (FetchResponse) send(leader, request);
      fail(response.error(), partition);
      FetchResponseData.PartitionData data =
          response.responseData(Map.of(), FETCH_VERSION).get(partition);
      if (data == null) {
        throw new KafkaException("partition " + partition + " was not in the answer");
      }
      fail(Errors.forCode(data.errorCode()), partition);
      for (RecordBatch batch : FetchResponse.recordsOrFail(data).batches()) {
        if (batch.lastOffset() >= next) {
          next = batch.lastOffset() + 1;
          if (!each.take(batch)) {
            return;
          }
        }
      }
    }
  }

  /**
   * Ends a partition's open transaction.
   *
   * @return whether it was still that one; else the broker has refused it
   * @throws KafkaException when Kafka refuses or fails
   */
  boolean end(OpenTransaction open, boolean commit) throws InterruptedException {
    TopicPartition partition = open.partition();
    long producer = open.producer().producerId();
    // As of the first version of transactions: accepted only for the epoch that is open.
    TxnMarkerEntry marker =
        new TxnMarkerEntry(
            producer,
            open.epoch(),
            open.coordinatorEpoch(),
            commit ? TransactionResult.COMMIT : TransactionResult.ABORT,
            List.of(partition),
            (short) 0);
    WriteTxnMarkersResponse response =
        (WriteTxnMarkersResponse)
            send(leader(partition), new WriteTxnMarkersRequest.Builder(List.of(marker)));
    Errors error =
        response
            .errorsByProducerId()
            .getOrDefault(producer, Map.of())
            .getOrDefault(partition, Errors.UNKNOWN_SERVER_ERROR);
    if (error == Errors.INVALID_PRODUCER_EPOCH) {
      return false;
    }
    fail(error, partition);
    return true;
  }

  AbstractResponse send(Node node, AbstractRequest.Builder<?> request) {
    try {
      nodes.setNodes(List.of(node));
      if (!NetworkClientUtils.awaitReady(client, node, Time.SYSTEM, ANSWER_MILLIS)) {
        throw new org.apache.kafka.common.errors.TimeoutException(node + " does not answer");
      }
      ClientResponse response =
          NetworkClientUtils.sendAndReceive(
              client,
              client.newClientRequest(
                  node.idString(), request, Time.SYSTEM.milliseconds(), true, ANSWER_MILLIS, null),
              Time.SYSTEM);
      return response.responseBody();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long end(TopicPartition partition) throws InterruptedException {
    return OpenTransactions.answer(
            admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition))
        .offset();
  }

  Node leader(TopicPartition partition) throws InterruptedException {
    Node leader =
        OpenTransactions.answer(admin.describeTopics(List.of(partition.topic())).allTopicNames())
            .values()
            .iterator()
            .next()
            .partitions()
            .get(partition.partition())
            .leader();
    if (leader == null || leader.isEmpty()) {
      throw new org.apache.kafka.common.errors.LeaderNotAvailableException(
          "partition " + partition + " has no leader now");
    }
    return leader;
  }

  private static void fail(Errors error, TopicPartition partition) {
    if (error != Errors.NONE) {
      throw new KafkaException("Kafka failed at partition " + partition, error.exception());
    }
  }

  @Override
  public void close() {
    client.close();
    metrics.close();
  }
}
