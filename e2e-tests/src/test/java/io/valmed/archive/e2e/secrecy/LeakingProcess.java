package io.valmed.archive.e2e.secrecy;

import com.sun.net.httpserver.HttpServer;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import javax.management.ObjectName;

/** Tells a word wherever a process can: the search is tried on it. Argument: the word. */
final class LeakingProcess {
  private LeakingProcess() {}

  /** A management bean. */
  public interface LeakMXBean {
    String getLastEvent();
  }

  public static void main(String[] arguments) throws Exception {
    String word = arguments[0];
    byte[] bytes = (" " + word).getBytes(StandardCharsets.UTF_8);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    LeakMXBean leak = () -> word;
    ManagementFactory.getPlatformMBeanServer()
        .registerMBean(
            new javax.management.StandardMBean(leak, LeakMXBean.class, true),
            new ObjectName("leak:type=Leak"));
    Files.writeString(
        Files.createTempFile("leak", ".tmp"), HexFormat.of().withUpperCase().formatHex(bytes));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println(Base64.getEncoder().encodeToString(bytes));
    out.println("health_port=\"" + server.getAddress().getPort() + "\"");
    Thread.currentThread().setName(word);
    Thread.sleep(Long.MAX_VALUE);
  }

  /** Where its temporary files are. */
  static String temporary(Path directory) {
    return "-Djava.io.tmpdir=" + directory;
  }
}
