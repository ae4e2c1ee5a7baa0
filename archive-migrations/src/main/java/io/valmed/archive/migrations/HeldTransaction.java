package io.valmed.archive.migrations;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose transaction MyBatis cannot end. MyBatis commits a script and then, in a second
 * transaction, its line in the changelog; a process killed in between would leave the one without
 * the other. Here both wait for our commit.
 */
final class HeldTransaction {
  private HeldTransaction() {}

  /** The connection as MyBatis gets it: everything goes through but the transaction's end. */
  static Connection of(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            HeldTransaction.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> call(connection, method, arguments));
  }

  private static @Nullable Object call(
      Connection connection, Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "commit", "rollback", "close", "setAutoCommit" -> {
        return null;
      }
      default -> {
        try {
          return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
          throw e.getTargetException();
        }
      }
    }
  }
}
