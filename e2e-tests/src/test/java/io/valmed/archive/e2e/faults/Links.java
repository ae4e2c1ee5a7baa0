package io.valmed.archive.e2e.faults;

import io.valmed.archive.e2e.servers.Servers;
import io.valmed.archive.e2e.support.Installation.Routes;
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

  void leadTo(Servers servers) {
    link(Target.HOT_CAPTURE).leadTo(servers.hot().address());
    link(Target.CAPTURE_KAFKA).leadTo(servers.kafka().address(CAPTURE_LISTENER));
    link(Target.KAFKA_SINK).leadTo(servers.kafka().address(SINK_LISTENER));
    link(Target.SINK_ARCHIVE).leadTo(servers.archive().address());
    link(Target.PURGE_HOT).leadTo(servers.hot().address());
    link(Target.PURGE_ARCHIVE).leadTo(servers.archive().address());
  }

  Routes ofCapture(Routes direct) {
    return new Routes(by(Target.HOT_CAPTURE), direct.archive(), by(Target.CAPTURE_KAFKA));
  }

  Routes ofSink(Routes direct) {
    return new Routes(direct.hot(), by(Target.SINK_ARCHIVE), by(Target.KAFKA_SINK));
  }

  Routes ofPurge(Routes direct) {
    return new Routes(by(Target.PURGE_HOT), by(Target.PURGE_ARCHIVE), direct.kafka());
  }

  Link link(Target target) {
    Link link = links.get(target);
    if (link == null) {
      throw new IllegalArgumentException(target + " is no connection");
    }
    return link;
  }

  private String by(Target target) {
    return "127.0.0.1:" + link(target).port();
  }

  @Override
  public void close() throws IOException {
    for (Link link : links.values()) {
      link.close();
    }
  }
}
