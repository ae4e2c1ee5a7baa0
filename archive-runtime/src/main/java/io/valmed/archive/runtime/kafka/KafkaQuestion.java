package io.valmed.archive.runtime.kafka;

import io.valmed.archive.model.topic.Positions;
import io.valmed.archive.runtime.server.ServerQuestion;
import java.util.Collection;

/**
 * Asks Kafka where topics end now, for whoever reads committed records. Topics that are not there
 * yet have no end.
 */
public final class KafkaQuestion implements ServerQuestion.Asked<Positions> {
  private final TopicEnds ends;

  /**
   * @param name the client's name in the broker's log
   */
  public KafkaQuestion(KafkaAccess kafka, String name, Collection<String> topics) {
    this.ends = new TopicEnds(kafka, name, topics);
  }

  @Override
  public Positions ask() throws Exception {
    return ends.ask().committed();
  }

  @Override
  public void close() {
    ends.close();
  }
}
