package io.valmed.archive.e2e.support;

import io.valmed.archive.e2e.servers.Servers;
import io.valmed.archive.stack.StackOptions;

/** The servers all tests of this JVM share; they end with it. */
public final class SharedServers {
  private static final class Holder {
    private static final Servers SERVERS = start();

    private static Servers start() {
      Servers servers = Servers.start(StackOptions.temporary());
      Runtime.getRuntime().addShutdownHook(new Thread(servers::close, "stop-servers"));
      return servers;
    }
  }

  private SharedServers() {}

  public static Servers get() {
    return Holder.SERVERS;
  }
}
