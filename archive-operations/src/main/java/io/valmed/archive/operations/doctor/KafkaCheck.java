package io.valmed.archive.operations.doctor;

import io.valmed.archive.model.TableId;
import io.valmed.archive.model.policy.PolicyTable;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.runtime.kafka.KafkaAccess;
import io.valmed.archive.runtime.kafka.OpenTransaction;
import io.valmed.archive.runtime.kafka.OpenTransactions;
import io.valmed.archive.runtime.kafka.TopicDurability;
import io.valmed.archive.runtime.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;

/** Whether the brokers answer, and keep what they have acknowledged. */
final class KafkaCheck {
  private static final TableId HEARTBEAT = new TableId("arc", "heartbeat");
  private static final long SECONDS = 10;
  private static final String ABOUT = "kafka";
  private static final String ONE_BROKER =
      "each topic is on one broker alone (kafka.replication-factor 1), and Kafka does not wait for its disk: with that machine's power what was acknowledged last is lost, among it images of rows that have left hot; capture notices, stops and needs a new epoch. Use three brokers, 'kafka.replication-factor: 3' and with it 'kafka.min-insync-replicas: 2'";

  private final Settings settings;
  private final KafkaAccess kafka;

  KafkaCheck(Settings settings) {
    this.settings = settings;
    this.kafka = settings.kafka();
  }

  List<Finding> examine() {
    Map<String, Object> properties = kafka.clientProperties("archive-doctor");
    properties.put("default.api.timeout.ms", "8000");
    properties.put("request.timeout.ms", "5000");
    List<Finding> findings = new ArrayList<>();
    try (Admin admin = Admin.create(properties)) {
      brokers(admin, findings);
      topics(admin, findings);
      hanging(admin, findings);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      findings.add(
          Finding.wrong(
              ABOUT, kafka + " does not answer; check kafka.bootstrap-servers and the brokers"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return findings;
  }

  private void brokers(Admin admin, List<Finding> findings)
      throws ExecutionException, InterruptedException, TimeoutException {
    int brokers = answer(admin.describeCluster().nodes()).size();
    int replicas = kafka.replicationFactor();
    findings.add(
        brokers < replicas
            ? Finding.wrong(
                ABOUT,
                brokers
                    + " brokers cannot hold "
                    + replicas
                    + " replicas; lower kafka.replication-factor or add brokers")
            : Finding.ok(ABOUT, kafka + ", " + brokers + " broker(s)"));
    if (replicas == 1) {
      findings.add(Finding.warning(ABOUT, ONE_BROKER));
    }
  }

  private void topics(Admin admin, List<Finding> findings)
      throws ExecutionException, InterruptedException, TimeoutException {
    Set<String> there = new TreeSet<>(answer(admin.listTopics().names()));
    there.retainAll(own());
    Map<String, TopicDescription> found = answer(admin.describeTopics(there).allTopicNames());
    List<ConfigResource> resources =
        there.stream().map(one -> new ConfigResource(ConfigResource.Type.TOPIC, one)).toList();
    Map<ConfigResource, Config> configs = answer(admin.describeConfigs(resources).all());
    for (ConfigResource resource : resources) {
      TopicDescription description = found.get(resource.name());
      Config config = configs.get(resource);
      if (description != null && config != null) {
        tell(TopicDurability.of(description, config), findings);
      }
    }
  }

  private void hanging(Admin admin, List<Finding> findings) throws InterruptedException {
    Set<String> written = own();
    written.add(settings.topics().table(HEARTBEAT));
    for (OpenTransaction open : new OpenTransactions(admin, written).find()) {
      if (open.hangs()) {
        findings.add(
            Finding.wrong(
                ABOUT,
                open.sentence()
                    + " Capture ends it as its offset counts it, at its start and every half a minute, or stops and says why it cannot; do not abort it before"));
      }
    }
  }

  private void tell(TopicDurability topic, List<Finding> findings) {
    String tooFew = topic.tooFewReplicas(kafka);
    if (tooFew != null) {
      findings.add(Finding.wrong(ABOUT, tooFew));
    }
    Map<String, String> lacking = topic.lacking(kafka);
    if (!lacking.isEmpty()) {
      findings.add(
          Finding.warning(
              ABOUT,
              "capture sets this at its next start: "
                  + TopicDurability.sentence(topic.topic(), lacking)));
    }
  }

  private Set<String> own() {
    TopicNames names = settings.topics();
    Set<String> own =
        new TreeSet<>(
            Set.of(names.schema(), names.captureOffsets(), names.alarms(), names.parked()));
    for (PolicyTable table : settings.policy().tables()) {
      own.add(names.table(table.table()));
    }
    return own;
  }

  private static <T> T answer(KafkaFuture<T> asked)
      throws ExecutionException, InterruptedException, TimeoutException {
    return asked.get(SECONDS, TimeUnit.SECONDS);
  }
}
