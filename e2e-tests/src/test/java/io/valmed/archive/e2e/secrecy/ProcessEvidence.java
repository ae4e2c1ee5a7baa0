package io.valmed.archive.e2e.secrecy;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** What anybody on the machine, or a monitoring system, can see of a running service. */
final class ProcessEvidence {
  private static final List<String> PATHS = List.of("/metrics", "/health/live", "/health/ready");

  private final Evidence evidence;
  private final String name;
  private final long pid;

  ProcessEvidence(Evidence evidence, String name, long pid) {
    this.evidence = evidence;
    this.name = name;
    this.pid = pid;
  }

  /**
   * Takes everything down: command line, environment, threads, beans, and what the port answers.
   */
  void take(int port) throws Exception {
    takeFromSystem();
    takeFromPort(port);
    takeFromBeans();
  }

  private void takeFromSystem() throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    for (String file : List.of("cmdline", "environ", "comm")) {
      evidence.addFile(name + ", /proc " + file, process.resolve(file));
    }
    List<Path> threads;
    try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
      threads = tasks.toList();
    }
    for (Path thread : threads) {
      takeName(thread);
    }
    String user = System.getProperty("user.name");
    Path counters = Path.of("/tmp", "hsperfdata_" + user, Long.toString(pid));
    if (Files.exists(counters)) {
      evidence.addFile(name + ", performance counters", counters);
    }
  }

  /** Threads end at any time: between being listed and being read, and while they are read. */
  private void takeName(Path thread) throws IOException {
    try {
      evidence.addFile(name + ", /proc comm", thread.resolve("comm"));
    } catch (IOException e) {
      if (Files.exists(thread)) {
        throw e;
      }
    }
  }

  private void takeFromPort(int port) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    for (String path : PATHS) {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri).build(),
              HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      evidence.add(name + ", " + path, answer.headers() + "\n" + answer.body());
    }
  }

  /** By the agent of a process of this test: nobody else answers. */
  @SuppressWarnings("BanJNDI")
  private void takeFromBeans() throws Exception {
    VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
    try {
      evidence.add(name + ", system properties", machine.getSystemProperties().toString());
      JMXServiceURL url = new JMXServiceURL(machine.startLocalManagementAgent());
      try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
        takeFromBeans(connector.getMBeanServerConnection());
      }
    } finally {
      machine.detach();
    }
  }

  private void takeFromBeans(MBeanServerConnection beans) throws Exception {
    for (ObjectName bean : beans.queryNames(null, null)) {
      takeBean(beans, bean);
    }
    Object threads =
        beans.invoke(
            new ObjectName("com.sun.management:type=DiagnosticCommand"),
            "threadPrint",
            new Object[] {new String[0]},
            new String[] {String[].class.getName()});
    evidence.add(name + ", threads", ManagementFactory.THREAD_MXBEAN_NAME + threads);
  }

  /** Beans of clients go with them, at any time. */
  private void takeBean(MBeanServerConnection beans, ObjectName bean) throws Exception {
    MBeanAttributeInfo[] attributes;
    try {
      attributes = beans.getMBeanInfo(bean).getAttributes();
    } catch (InstanceNotFoundException gone) {
      return;
    }
    List<String> all = new ArrayList<>(List.of(bean.toString()));
    for (MBeanAttributeInfo attribute : attributes) {
      try {
        all.add(attribute.getName() + "=" + text(beans.getAttribute(bean, attribute.getName())));
      } catch (JMException | RuntimeException e) {
        all.add(attribute.getName() + " cannot be read: " + e);
      }
    }
    evidence.add(name + ", beans", String.join("\n", all));
  }

  private static String text(Object value) {
    if (value instanceof CompositeData composite) {
      return composite.values().stream().map(ProcessEvidence::text).toList().toString();
    }
    if (value instanceof TabularData tabular) {
      return tabular.values().stream().map(ProcessEvidence::text).toList().toString();
    }
    if (value instanceof Object[] array) {
      return Stream.of(array).map(ProcessEvidence::text).toList().toString();
    }
    return String.valueOf(value);
  }
}
