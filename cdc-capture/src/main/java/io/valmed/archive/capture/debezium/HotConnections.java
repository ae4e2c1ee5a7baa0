package io.valmed.archive.capture.debezium;

import io.debezium.jdbc.JdbcConfiguration;
import io.debezium.jdbc.JdbcConnection;
import io.valmed.archive.model.RowDigest;
import io.valmed.archive.runtime.DatabaseLogin;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connector's connections, the replication connection among them: the password is read
 * anew from its file, and the session has the settings that a value's text form depends on.
 */
public final class HotConnections implements JdbcConnection.ConnectionFactory {
  static final String URL = "archive.url";
  static final String PASSWORD_FILE = "archive.password.file";
  private static final List<String> HANDED_ON =
      List.of("replication", "preferQueryMode", "assumeMinServerVersion");

  @Override
  public Connection connect(JdbcConfiguration config) throws SQLException {
    @Nullable String file = config.getString(PASSWORD_FILE);
    DatabaseLogin login =
        new DatabaseLogin(
            config.getString(URL), config.getUser(), file == null ? null : Path.of(file));
    Properties properties = new Properties();
    properties.setProperty("user", login.user());
    properties.setProperty("password", login.password());
    properties.setProperty("ApplicationName", "valmed-archive capture stream");
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("logServerErrorDetail", "false");
    for (String name : HANDED_ON) {
      String value = config.getString(name);
      if (value != null) {
        properties.setProperty(name, value);
      }
    }
    Connection connection = DriverManager.getConnection(login.url(), properties);
    try (Statement statement = connection.createStatement()) {
      statement.execute(RowDigest.SESSION_SETTINGS);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }
}
