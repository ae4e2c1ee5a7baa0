package io.valmed.archive.capture.debezium;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.replication.PGReplicationConnection;
import org.postgresql.replication.PGReplicationStream;
import org.postgresql.replication.fluent.ChainedStreamBuilder;
import org.postgresql.replication.fluent.logical.ChainedLogicalStreamBuilder;

/**
 * A replication connection whose stream somebody sees each message of before the connector does:
 * {@link ReplicaIdentities}, or what the engine puts there. The driver's interfaces are large, and
 * all of them but the few methods on the stream's way are passed on as they are.
 */
public final class WatchedConnection {
  private WatchedConnection() {}

  /**
   * @param connection the driver's own
   * @return the same for the connector; unwrapped as {@link ReplicaIdentities} it tells them
   */
  static Connection of(Connection connection) throws SQLException {
    ReplicaIdentities identities = new ReplicaIdentities();
    return of(
        connection,
        stream -> between(PGReplicationStream.class, stream, message -> seen(message, identities)),
        identities);
  }

  /**
   * The same connection for the connector.
   *
   * @param connection the driver's own
   * @param watch what the connector is to read in place of the driver's stream
   */
  public static Connection of(Connection connection, UnaryOperator<PGReplicationStream> watch)
      throws SQLException {
    return of(connection, watch, null);
  }

  private static Connection of(
      Connection connection,
      UnaryOperator<PGReplicationStream> watch,
      @Nullable ReplicaIdentities identities)
      throws SQLException {
    BaseConnection driver = connection.unwrap(BaseConnection.class);
    BaseConnection watched =
        between(
            BaseConnection.class,
            driver,
            result -> result instanceof PGReplicationConnection api ? watched(api, watch) : result);
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          if (method.getName().equals("unwrap") && arguments[0] == ReplicaIdentities.class) {
            return identities;
          }
          if (method.getName().equals("unwrap") && arguments[0] == BaseConnection.class) {
            return watched;
          }
          return call(connection, method, arguments);
        };
    return (Connection)
        Proxy.newProxyInstance(
            WatchedConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, handler);
  }

  private static PGReplicationConnection watched(
      PGReplicationConnection api, UnaryOperator<PGReplicationStream> watch) {
    return between(
        PGReplicationConnection.class,
        api,
        result ->
            result instanceof ChainedStreamBuilder builder
                ? between(
                    ChainedStreamBuilder.class,
                    builder,
                    chosen ->
                        chosen instanceof ChainedLogicalStreamBuilder logical
                            ? watched(logical, watch)
                            : chosen)
                : result);
  }

  private static ChainedLogicalStreamBuilder watched(
      ChainedLogicalStreamBuilder builder, UnaryOperator<PGReplicationStream> watch) {
    return between(
        ChainedLogicalStreamBuilder.class,
        builder,
        result -> {
          if (result instanceof ChainedLogicalStreamBuilder next) {
            return watched(next, watch);
          }
          return result instanceof PGReplicationStream stream ? watch.apply(stream) : result;
        });
  }

  private static @Nullable Object seen(@Nullable Object message, ReplicaIdentities identities) {
    if (message instanceof ByteBuffer bytes) {
      identities.seen(bytes);
    }
    return message;
  }

  /** Puts something else, or the same, in the place of what a method returned. */
  @FunctionalInterface
  private interface Result {
    @Nullable Object of(@Nullable Object result);
  }

  private static <T> T between(Class<T> type, T target, Result result) {
    return type.cast(
        Proxy.newProxyInstance(
            WatchedConnection.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> result.of(call(target, method, arguments))));
  }

  private static @Nullable Object call(
      Object target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
