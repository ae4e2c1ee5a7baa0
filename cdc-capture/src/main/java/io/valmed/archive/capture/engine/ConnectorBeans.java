package io.valmed.archive.capture.engine;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connector's management beans. Their {@code LastEvent} shows what came last to whoever may
 * connect by JMX.
 */
final class ConnectorBeans {
  private static final Logger log = LoggerFactory.getLogger(ConnectorBeans.class);

  private ConnectorBeans() {}

  /** Takes them away; they are registered before the stream begins. */
  static void hide(String prefix) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName all = new ObjectName("debezium.postgres:server=" + prefix + ",*");
      for (ObjectName bean : server.queryNames(all, null)) {
        server.unregisterMBean(bean);
      }
    } catch (JMException e) {
      log.warn("the connector's management beans stay visible", e);
    }
  }
}
