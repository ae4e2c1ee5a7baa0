package io.valmed.archive.capture.hanging;

import io.valmed.archive.runtime.kafka.OpenTransaction;
import io.valmed.archive.runtime.kafka.OpenTransactions;
import io.valmed.archive.runtime.settings.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Leaves partitions as a broker does that forgets markers: with records of a transaction that the
 * coordinator has ended, or has never heard of there.
 */
public final class LostMarkers implements AutoCloseable {
  private static final String VERIFICATION = "transaction.partition.verification.enable";

  private final Settings settings;
  private final Admin admin;
  private final BrokerRequests requests;

  public LostMarkers(Settings settings) {
    this.settings = settings;
    this.admin = Admin.create(settings.kafka().clientProperties("test"));
    this.requests = new BrokerRequests(settings.kafka(), "test", admin);
    verify(false);
  }

  /** The broker asks the coordinator about each write; as it stands it takes what it is given. */
  private void verify(boolean enabled) {
    try {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.BROKER, ""),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry(VERIFICATION, Boolean.toString(enabled)),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public String captureId() {
    return settings.prefix() + "-capture-" + settings.capture().slot();
  }

  /** What the coordinator knows of a transactional id. */
  public TransactionDescription coordinator(String id) {
    try {
      return admin.describeTransactions(List.of(id)).description(id).get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A producer with that id, which has fenced off the last one. */
  public KafkaProducer<byte[], byte[]> producer(String id) {
    Map<String, Object> properties = new HashMap<>(settings.kafka().clientProperties("test"));
    properties.put("transactional.id", id);
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
    return producer;
  }

  /** Appends a record as that producer's of that epoch, in a transaction without an end. */
  public void append(
      String id, long producer, int epoch, TopicPartition where, ConsumerRecord<byte[], byte[]> it)
      throws InterruptedException {
    MemoryRecords records =
        MemoryRecords.withTransactionalRecords(
            Compression.NONE,
            producer,
            (short) epoch,
            0,
            new SimpleRecord(it.timestamp(), it.key(), it.value(), it.headers().toArray()));
    TopicProduceDataCollection topics = new TopicProduceDataCollection();
    topics.add(
        new TopicProduceData()
            .setName(where.topic())
            .setPartitionData(
                List.of(
                    new PartitionProduceData().setIndex(where.partition()).setRecords(records))));
    ProduceRequestData data =
        new ProduceRequestData()
            .setTransactionalId(id)
            .setAcks((short) -1)
            .setTimeoutMs(10_000)
            .setTopicData(topics);
    ProduceResponse response =
        (ProduceResponse) requests.send(requests.leader(where), ProduceRequest.builder(data, true));
    short error =
        response.data().responses().iterator().next().partitionResponses().get(0).errorCode();
    if (error != 0) {
      throw new IllegalStateException("the broker refused with " + error);
    }
  }

  /** What is open in a topic. */
  public List<OpenTransaction> open(String topic) throws InterruptedException {
    return new OpenTransactions(admin, List.of(topic)).find();
  }

  @Override
  public void close() {
    verify(true);
    requests.close();
    admin.close();
  }
}
