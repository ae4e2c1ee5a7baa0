package io.valmed.archive.runtime.settings;

import io.valmed.archive.model.policy.Policy;
import io.valmed.archive.model.topic.TopicNames;
import io.valmed.archive.runtime.kafka.KafkaAccess;

/**
 * Everything in {@code archive.yaml}.
 *
 * @param prefix begins every topic's name, and names the slot's owner
 * @param hot the hot database
 * @param archive the archive database
 * @param kafka the brokers
 * @param policy which tables, and when their rows may leave
 * @param capture hot to Kafka
 * @param sink Kafka to archive
 * @param purge out of hot
 * @param verify hot against the archive, without anybody asking
 * @param api the status page
 */
public record Settings(
    String prefix,
    HotSettings hot,
    ArchiveSettings archive,
    KafkaAccess kafka,
    Policy policy,
    CaptureSettings capture,
    SinkSettings sink,
    PurgeSettings purge,
    VerifySettings verify,
    ApiSettings api) {

  /** With the status page where it is by default. */
  public Settings(
      String prefix,
      HotSettings hot,
      ArchiveSettings archive,
      KafkaAccess kafka,
      Policy policy,
      CaptureSettings capture,
      SinkSettings sink,
      PurgeSettings purge,
      VerifySettings verify) {
    this(
        prefix, hot, archive, kafka, policy, capture, sink, purge, verify, ApiSettings.byDefault());
  }

  /** Without a verification that runs by itself. */
  public Settings(
      String prefix,
      HotSettings hot,
      ArchiveSettings archive,
      KafkaAccess kafka,
      Policy policy,
      CaptureSettings capture,
      SinkSettings sink,
      PurgeSettings purge) {
    this(prefix, hot, archive, kafka, policy, capture, sink, purge, VerifySettings.OFF);
  }

  /** The same with another hot database's logins. */
  public Settings withHot(HotSettings other) {
    return new Settings(prefix, other, archive, kafka, policy, capture, sink, purge, verify, api);
  }

  /** The same with other logins of the archive. */
  public Settings withArchive(ArchiveSettings other) {
    return new Settings(prefix, hot, other, kafka, policy, capture, sink, purge, verify, api);
  }

  /** The same with another verification. */
  public Settings withVerify(VerifySettings other) {
    return new Settings(prefix, hot, archive, kafka, policy, capture, sink, purge, other, api);
  }

  /** The same with another status page. */
  public Settings withApi(ApiSettings other) {
    return new Settings(prefix, hot, archive, kafka, policy, capture, sink, purge, verify, other);
  }

  /** The topics' names under the prefix. */
  public TopicNames topics() {
    return new TopicNames(prefix);
  }
}
