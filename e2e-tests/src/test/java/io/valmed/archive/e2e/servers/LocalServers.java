package io.valmed.archive.e2e.servers;

import io.valmed.archive.stack.LocalStack;
import io.valmed.archive.stack.StackOptions;
import io.valmed.archive.stack.kafka.KafkaServer;
import io.valmed.archive.stack.postgres.PostgresServer;
import io.valmed.archive.stack.process.FrozenServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** Processes of this machine. */
record LocalServers(LocalStack stack) implements Servers {

  static LocalServers start(StackOptions options) {
    return new LocalServers(LocalStack.start(options));
  }

  @Override
  public Postgres hot() {
    return new LocalPostgres(stack.hot());
  }

  @Override
  public Postgres archive() {
    return new LocalPostgres(stack.archive());
  }

  @Override
  public Broker kafka() {
    return new LocalBroker(stack.kafka());
  }

  @Override
  public boolean onThisMachinesDisk() {
    return true;
  }

  @Override
  public void close() {
    stack.close();
  }

  /**
   * A server of this machine.
   *
   * @param hosts all that may be the primary
   */
  static Postgres postgres(PostgresServer primary, PostgresServer... hosts) {
    return new LocalPostgres(primary, List.of(hosts));
  }

  private record LocalPostgres(PostgresServer server, List<PostgresServer> all)
      implements Postgres {

    LocalPostgres(PostgresServer server) {
      this(server, List.of(server));
    }

    @Override
    public String hosts() {
      return all.stream()
          .map(one -> one.host() + ":" + one.port())
          .collect(Collectors.joining(","));
    }

    @Override
    public InetSocketAddress address() {
      return new InetSocketAddress(server.host(), server.port());
    }

    @Override
    public String superuser() {
      return server.superuser();
    }

    @Override
    public Path passwordFile() {
      return server.passwordFile();
    }

    @Override
    public Connection connect(String database) throws SQLException {
      return server.connect(database);
    }

    @Override
    public void createDatabase(String name) {
      server.createDatabase(name);
    }

    @Override
    public void freeze() {
      FrozenServer.freeze(server.pid());
    }

    @Override
    public void thaw() {
      FrozenServer.thaw(server.pid());
    }

    @Override
    public void kill() {
      server.kill();
    }

    @Override
    public void stopAtOnce() {
      server.stopAtOnce();
    }

    @Override
    public void start() {
      server.start();
    }
  }

  private record LocalBroker(KafkaServer server) implements Broker {

    @Override
    public InetSocketAddress address() {
      String[] parts = server.bootstrapServers().split(":", 2);
      return new InetSocketAddress(parts[0], Integer.parseInt(parts[1]));
    }

    @Override
    public InetSocketAddress address(String listener) {
      return new InetSocketAddress(address().getHostString(), server.listener(listener).port());
    }

    @Override
    public void freeze() {
      FrozenServer.freeze(server.pid());
    }

    @Override
    public void thaw() {
      FrozenServer.thaw(server.pid());
    }

    @Override
    public void kill() {
      server.kill();
    }

    @Override
    public void start() {
      server.start();
    }
  }
}
