package io.valmed.archive.e2e.faults;

import io.valmed.archive.e2e.support.Installation.Routes;
import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** A proxy on each connection between a service and a server. */
final class Links implements AutoCloseable {
  private static final String CAPTURE_LISTENER = "CAPTURE";
  private static final String SINK_LISTENER = "SINK";

  private final Map<Target, Link> links = new EnumMap<>(Target.class);

  Links() {
    Target.links().forEach(target -> links.put(target, Link.open()));
  }

  /** The broker tells its clients to come back through their proxy. */
  StackOptions listeners(StackOptions options) {
    return options
        .withKafkaListener(CAPTURE_LISTENER, link(Target.CAPTURE_KAFKA).port())
        .withKafkaListener(SINK_LISTENER, link(Target.KAFKA_SINK).port());
  }

  void leadTo(LocalStack stack) {
    link(Target.HOT_CAPTURE).leadTo(stack.hot().port());
    link(Target.CAPTURE_KAFKA).leadTo(stack.kafka().listener(CAPTURE_LISTENER).port());
    link(Target.KAFKA_SINK).leadTo(stack.kafka().listener(SINK_LISTENER).port());
    link(Target.SINK_ARCHIVE).leadTo(stack.archive().port());
    link(Target.PURGE_HOT).leadTo(stack.hot().port());
    link(Target.PURGE_ARCHIVE).leadTo(stack.archive().port());
  }

  Routes ofCapture(Routes direct) {
    return new Routes(
        link(Target.HOT_CAPTURE).port(), direct.archive(), kafka(Target.CAPTURE_KAFKA));
  }

  Routes ofSink(Routes direct) {
    return new Routes(direct.hot(), link(Target.SINK_ARCHIVE).port(), kafka(Target.KAFKA_SINK));
  }

  Routes ofPurge(Routes direct) {
    return new Routes(
        link(Target.PURGE_HOT).port(), link(Target.PURGE_ARCHIVE).port(), direct.kafka());
  }

  Link link(Target target) {
    Link link = links.get(target);
    if (link == null) {
      throw new IllegalArgumentException(target + " is no connection");
    }
    return link;
  }

  private String kafka(Target target) {
    return "127.0.0.1:" + link(target).port();
  }

  @Override
  public void close() throws IOException {
    for (Link link : links.values()) {
      link.close();
    }
  }
}
