package io.valmed.archive.capture.debezium;

import io.debezium.jdbc.JdbcConfiguration;
import io.debezium.jdbc.JdbcConnection;
import io.valmed.archive.capture.postgres.HotSession;
import io.valmed.archive.model.change.RowDigest;
import io.valmed.archive.runtime.server.DatabaseLogin;
import io.valmed.archive.runtime.server.DatabaseTls;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connector's connections, the replication connection among them: the password is read
 * anew from its file, and the session has the settings that a value's text form depends on.
 */
public class HotConnections implements JdbcConnection.ConnectionFactory {
  private static final String URL = "archive.url";
  private static final String PASSWORD_FILE = "archive.password.file";
  private static final String TLS_MODE = "archive.tls.mode";
  private static final String ROOT_CERTIFICATE = "archive.tls.root";
  private static final String CERTIFICATE = "archive.tls.certificate";
  private static final String KEY = "archive.tls.key.file";
  private static final List<String> HANDED_ON =
      List.of("replication", "preferQueryMode", "assumeMinServerVersion");

  /** The login as the connector's configuration carries it: names of files, never a secret. */
  static Map<String, String> configuration(DatabaseLogin login) {
    Map<String, String> all = new HashMap<>();
    all.put(URL, login.url());
    put(all, PASSWORD_FILE, login.passwordFile());
    DatabaseTls tls = login.tls();
    all.put(TLS_MODE, tls.mode().name());
    put(all, ROOT_CERTIFICATE, tls.rootCertificate());
    put(all, CERTIFICATE, tls.certificate());
    put(all, KEY, tls.key());
    return all;
  }

  private static void put(Map<String, String> all, String name, @Nullable Path file) {
    if (file != null) {
      all.put(name, file.toString());
    }
  }

  private static DatabaseLogin login(JdbcConfiguration config) {
    return new DatabaseLogin(
        config.getString(URL),
        config.getUser(),
        path(config, PASSWORD_FILE),
        new DatabaseTls(
            DatabaseTls.Mode.valueOf(config.getString(TLS_MODE)),
            path(config, ROOT_CERTIFICATE),
            path(config, CERTIFICATE),
            path(config, KEY)));
  }

  private static @Nullable Path path(JdbcConfiguration config, String name) {
    @Nullable String file = config.getString(name);
    return file == null ? null : Path.of(file);
  }

  @Override
  public Connection connect(JdbcConfiguration config) throws SQLException {
    Map<String, String> further = new HashMap<>();
    for (String name : HANDED_ON) {
      String value = config.getString(name);
      if (value != null) {
        further.put(name, value);
      }
    }
    Connection connection =
        HotSession.open(login(config), "valmed-archive capture stream", further);
    try (Statement statement = connection.createStatement()) {
      statement.execute(RowDigest.SESSION_SETTINGS);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return further.containsKey("replication") ? replication(connection, config) : connection;
  }

  /** The replication connection as the connector is to see it. */
  protected Connection replication(Connection connection, JdbcConfiguration config)
      throws SQLException {
    return WatchedConnection.of(connection);
  }
}
