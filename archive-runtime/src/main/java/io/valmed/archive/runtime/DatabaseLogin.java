package io.valmed.archive.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * One role's way into one database.
 *
 * @param url JDBC URL without user and password
 * @param user the database role
 * @param passwordFile file whose first line is the password, read anew at every connection so that
 *     it can be rotated; null: the server asks for none
 */
public record DatabaseLogin(String url, String user, @Nullable Path passwordFile) {

  public DatabaseLogin {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(user, "user");
  }

  /**
   * Opens a connection in auto-commit mode. It gives up after 10 s without an answer to the connect
   * and keeps TCP keep-alives; statements have no client-side timeout.
   *
   * @param applicationName shown in {@code pg_stat_activity}
   * @throws StopException when the password file cannot be read
   * @throws SQLException when the server refuses or cannot be reached
   */
  public Connection connect(String applicationName) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password());
    properties.setProperty("ApplicationName", applicationName);
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("loginTimeout", "15");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("logServerErrorDetail", "false");
    return DriverManager.getConnection(url, properties);
  }

  /**
   * The password; empty when there is no file.
   *
   * @throws StopException when the file cannot be read
   */
  public String password() {
    if (passwordFile == null) {
      return "";
    }
    try {
      return Files.readString(passwordFile).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw new StopException(
          "The password file "
              + passwordFile
              + " of database role "
              + user
              + " cannot be read; create it or correct 'password-file' in the settings.",
          e);
    }
  }

  /** Tells no more than role and address. */
  @Override
  public String toString() {
    return user + " at " + url;
  }
}
