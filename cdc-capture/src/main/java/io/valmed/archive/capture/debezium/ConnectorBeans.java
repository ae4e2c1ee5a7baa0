package io.valmed.archive.capture.debezium;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connector's management beans. Their {@code LastEvent} shows the key of the row that came
 * last, which may be a patient's, to whoever may connect by JMX.
 */
final class ConnectorBeans {
  private static final Logger log = LoggerFactory.getLogger(ConnectorBeans.class);

  private final String prefix;
  private boolean hidden;

  ConnectorBeans(String prefix) {
    this.prefix = prefix;
  }

  /** Takes them away. They are registered by the time the first record comes. */
  void hide() {
    if (hidden) {
      return;
    }
    hidden = true;
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName all = new ObjectName("debezium.postgres:server=" + prefix + ",*");
      for (ObjectName bean : server.queryNames(all, null)) {
        server.unregisterMBean(bean);
      }
    } catch (JMException e) {
      log.warn("the connector's management beans stay visible: {}", e.getMessage());
    }
  }
}
